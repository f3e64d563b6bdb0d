"""Tensors without data that say they are on a card, and a watch over what is done to them.

They are PyTorch's meta tensors: they have shapes, strides and shared storages as any tensor, and
no values, so that nothing a host function does can depend on any.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from autograder.triton_tasks.program import Copy
from autograder.triton_tasks.tape import Tape, current, refuse

__all__ = ["Watch", "pretend"]

_DEVICE = torch.device("cuda", 0)

_EMPTY = set("empty empty_like empty_strided empty_permuted new_empty new_empty_strided".split())
_FILLED: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("zeros", "zeros_like", "new_zeros"), lambda *_: 0),
    **dict.fromkeys(("ones", "ones_like", "new_ones"), lambda *_: 1),
    **dict.fromkeys(("full", "full_like", "new_full"), lambda *args: args[-1]),
}
"""What allocates, and the value that it gives to each element."""

_VIEWS = set(
    "alias as_strided detach diagonal expand lift_fresh permute select slice split "
    "split_with_sizes squeeze t transpose unbind unfold unsqueeze view _reshape_alias "
    "_unsafe_view".split()
)
"""What reads and writes nothing."""

_LOOKS = set(
    "item tolist numpy cpu equal allclose is_nonzero __array__ __bool__ __complex__ __contains__ "
    "__dlpack__ __float__ __index__ __int__ _local_scalar_dense".split()
)
"""What tells values to the host."""


def pretend() -> None:
    """Have every tensor on ``meta`` say it is on a card, from here on, in this thread."""
    _Card().__enter__()
    really_set = torch.set_default_device
    default = torch.device("cpu")

    def set_default_device(device: Any) -> None:
        nonlocal default
        default = _DEVICE if _is_card(device) else torch.device(device or "cpu")
        really_set("meta" if _is_card(device) else device)

    torch.set_default_device = set_default_device
    torch.get_default_device = lambda: default


def _is_card(device: Any) -> bool:
    if isinstance(device, str):
        return device.startswith("cuda")
    if isinstance(device, torch.device):
        return bool(device.type == "cuda")
    return type(device) is int


def _address(tensor: torch.Tensor) -> int:
    """One that is aligned as it would be on a card, and leads nowhere."""
    tape = current()
    storage = 0 if tape is None else tape.index(tensor) or 0
    return int(((storage + 1) << 44) + tensor.storage_offset() * tensor.element_size())


def _values(name: str) -> Exception:
    return refuse(
        f"`{name}` asks for values: host code may not look at values, it is given shapes only. "
        "Let the kernel look."
    )


# mypy is not to read PyTorch, which takes it minutes, and so knows no base class here or below.
class _Card(TorchFunctionMode):  # type: ignore[misc]
    """Answers for the card, where Python calls PyTorch."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[Any, Callable[[Any], Any]] = {
            torch.Tensor.device.__get__: lambda _: _DEVICE,
            torch.Tensor.is_cuda.__get__: lambda _: True,
            torch.Tensor.is_cpu.__get__: lambda _: False,
            torch.Tensor.get_device: lambda _: 0,
            torch.Tensor.data_ptr: _address,
        }

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        answer = self._answers.get(func)
        if answer is not None and args[0].is_meta:
            return answer(args[0])
        tape = current()
        name = getattr(func, "__name__", str(func))
        if tape is not None:
            _must_not_meet_the_host(name, args)
            tape.doing = name
        try:
            return self._call(func, args, kwargs)
        finally:
            if tape is not None:
                tape.doing = None

    @staticmethod
    def _call(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        if func == torch.Tensor.cuda:
            return args[0].to("meta")
        if func == torch.Tensor.__setitem__ and isinstance(args[2], bool | int | float):
            return args[0][args[1]].fill_(args[2])
        if func == torch.Tensor.to:
            args = ["meta" if _is_card(x) else x for x in args]
        if _is_card(kwargs.get("device")):
            kwargs["device"] = "meta"
        return func(*args, **kwargs)


def _must_not_meet_the_host(name: str, args: Any) -> None:
    """Refuse what PyTorch would do on the way to the watch below, or not at all."""
    if name in _LOOKS:
        raise _values(name)
    if name in ("tensor", "as_tensor", "asarray") and not isinstance(args[0], torch.Tensor):
        raise refuse(
            f"`{name}` brings data from the host, which cannot be replayed: "
            "pass numbers to the kernel as arguments, or fill a tensor with torch.full."
        )


class Watch(TorchDispatchMode):  # type: ignore[misc] # as above
    """Records what is done to tensors, below Python's calls.

    Parameters
    ----------
    tape
        To record on.
    """

    def __init__(self, tape: Tape) -> None:
        super().__init__()
        self._tape = tape

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """PyTorch would import its compiler, which takes four seconds."""
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name = func.name().partition("::")[2].partition(".")[0]
        shown = self._tape.doing or name
        if name in _LOOKS or (name == "_to_copy" and not _on_card(args, kwargs)):
            raise _values(shown)
        if name in _EMPTY or name in _FILLED or name in _VIEWS:
            self._must_be_on_card(shown, args, kwargs)
        if name in _VIEWS:
            return func(*args, **kwargs)
        if name in _EMPTY or name in _FILLED:
            return self._allocated(func, name, args, kwargs)
        if name in ("fill_", "zero_"):
            self._tape.fill(args[0], args[1] if name == "fill_" else 0)
            return args[0]
        if name in ("clone", "_to_copy", "copy_"):
            return self._copied(func, name, args, kwargs)
        return self._decomposed(func, shown, args, kwargs)

    def _must_be_on_card(self, shown: str, args: Any, kwargs: dict[str, Any]) -> None:
        if not _on_card(args, kwargs):
            raise self._tape.refuse(
                f"`{shown}` works in the host's memory, which no kernel can reach: "
                "allocate on the card, with device=x.device."
            )

    def _allocated(self, func: Any, name: str, args: Any, kwargs: dict[str, Any]) -> torch.Tensor:
        made: torch.Tensor = func(*args, **kwargs)
        self._tape.allocate(made)
        if name in _FILLED:
            self._tape.fill(made, _FILLED[name](*args))
        return made

    def _copied(self, func: Any, name: str, args: Any, kwargs: dict[str, Any]) -> torch.Tensor:
        made: torch.Tensor = func(*args, **kwargs)
        source = args[0]
        if name == "copy_":
            source = args[1].expand(made.shape)
        else:
            self._tape.allocate(made)
        self._tape.add(Copy(self._tape.view(source), self._tape.view(made)))
        return made

    def _decomposed(self, func: Any, shown: str, args: Any, kwargs: dict[str, Any]) -> Any:
        """In inference mode operations arrive that elsewhere were taken apart before."""
        with self:
            result = func.decompose(*args, **kwargs)
        if result is not NotImplemented:
            return result
        raise self._tape.refuse(
            f"`{shown}` computes outside of kernels, which cannot be replayed: "
            "do it in a Triton kernel."
        )


def _on_card(args: Any, kwargs: dict[str, Any]) -> bool:
    """Whether an operation stays there."""
    device = kwargs.get("device")
    if device is not None:
        return bool(device.type == "meta")
    return bool(args and isinstance(args[0], torch.Tensor) and args[0].is_meta)
