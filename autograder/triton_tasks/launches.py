"""Launches of Triton kernels, as data; nothing is compiled and nothing runs."""

from __future__ import annotations

import functools
import inspect
import operator
from types import SimpleNamespace
from typing import Any

import torch
import triton.language as tl
from triton.runtime.autotuner import Autotuner
from triton.runtime.jit import JITFunction
from triton.tools.tensor_descriptor import TensorDescriptor

from autograder.triton_tasks.card import Card
from autograder.triton_tasks.program import (
    OPTIONS,
    Argument,
    Choice,
    Descriptor,
    Dtype,
    Step,
    Tensor,
)
from autograder.triton_tasks.tape import NotRecordable, Tape, a, current, refuse

__all__ = ["intercept"]

_GRID = ((1 << 31) - 1, (1 << 16) - 1, (1 << 16) - 1)
"""The most programs that a card takes along each axis."""

_NAMES = {
    "int1": "bool",
    "fp16": "float16",
    "bf16": "bfloat16",
    "fp32": "float32",
    "fp64": "float64",
}
"""Triton's names of types where they are not PyTorch's."""


def intercept(card: Card) -> None:
    """Record every launch of this process from here on, on the tape of the moment.

    Parameters
    ----------
    card
        What kernels need on it is what ``warmup`` tells.
    """

    def run(self: Any, *args: Any, grid: Any, warmup: bool, **kwargs: Any) -> _Compiled:
        for hook in getattr(self, "pre_run_hooks", ()):
            hook(*args, **kwargs)
        call = _Call(self, args, kwargs)
        if not warmup:
            call.launch(grid)
        return _Compiled(call, card)

    _replace(JITFunction, "run", run)
    _replace(Autotuner, "run", _tune)


def _replace(owner: type, name: str, value: Any) -> None:
    if name not in vars(owner):
        raise RuntimeError(f"This Triton has no {owner.__name__}.{name}, which recording needs.")
    setattr(owner, name, value)


def _tape() -> Tape:
    tape = current()
    if tape is None:
        raise NotRecordable(
            "Kernels are launched when the function is called, not when the file is loaded: "
            'put what tries them under `if __name__ == "__main__":`.'
        )
    tape.must_be_of_this_thread()
    return tape


class _Call:
    """A kernel and what it is called with.

    Parameters
    ----------
    kernel
        A ``JITFunction``.
    args, kwargs
        As they were written at the launch: parameters, and options among the keywords.
    """

    def __init__(self, kernel: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._function = kernel.fn
        self.name: str = kernel.fn.__name__
        signature = _signature(kernel.fn)
        bound = signature.bind(
            *args, **{name: value for name, value in kwargs.items() if name in signature.parameters}
        )
        bound.apply_defaults()
        self.arguments = dict(bound.arguments)
        self.constants = {
            name
            for name, parameter in signature.parameters.items()
            if "constexpr" in str(parameter.annotation)
        }
        self.options = {
            name: self._option(name, value)
            for name, value in kwargs.items()
            if value is not None and (name in OPTIONS or name not in signature.parameters)
        }

    def _option(self, name: str, value: Any) -> int:
        value = _plain(value)
        if name not in OPTIONS:
            raise refuse(
                f"{self.name} has no parameter {name!r}, and of options "
                f"{', '.join(OPTIONS)} can be replayed."
            )
        if type(value) is not int:
            raise refuse(f"{name} of {self.name} is {a(value)}; expected an int.")
        return value

    def launch(self, grid: Any) -> None:
        """Record it."""
        tape = _tape()
        self._must_be_of_the_file(tape)
        programs = self._programs(grid)
        if not all(programs):
            tape.launch(self.name, None)
            return
        arguments = {name: self._argument(tape, name) for name in self.arguments}
        tape.launch(self.name, Choice(programs, arguments, self.options))

    def _must_be_of_the_file(self, tape: Tape) -> None:
        code = self._function.__code__
        if code.co_filename not in tape.filenames:
            raise tape.refuse(f"{self.name} is a kernel of another file: write it in this one.")
        if self._function.__qualname__ != self.name:
            raise tape.refuse(f"{self.name} is a kernel within a function or a class: move it out.")

    def _programs(self, grid: Any) -> tuple[int, int, int]:
        if callable(grid):
            grid = grid(dict(self.arguments))
        if not isinstance(grid, tuple | list) or not 0 < len(grid) <= 3:
            raise refuse(
                f"The grid of {self.name} is {a(grid)}; expected a tuple of one to three numbers, "
                "such as (n,)."
            )
        programs = [self._axis(n) for n in grid] + [1] * (3 - len(grid))
        for n, most, axis in zip(programs, _GRID, "xyz", strict=True):
            if not 0 <= n <= most:
                raise refuse(
                    f"The grid of {self.name} has {n:,} programs along {axis}; "
                    f"a card takes {most:,} at most."
                )
        x, y, z = programs
        return x, y, z

    def _axis(self, n: Any) -> int:
        try:
            return operator.index(_plain(n))
        except TypeError:
            raise refuse(
                f"The grid of {self.name} has {a(n)} in it; expected whole numbers: "
                "triton.cdiv(n, BLOCK) rounds up."
            ) from None

    def _argument(self, tape: Tape, name: str) -> Argument:
        value: Argument = _plain(self.arguments[name])
        if isinstance(value, torch.Tensor):
            return tape.view(value)
        if isinstance(value, TensorDescriptor):
            return self._descriptor(tape, value)
        if isinstance(value, torch.dtype):
            return Dtype(str(value).removeprefix("torch."))
        if isinstance(value, tl.dtype):
            return Dtype(_NAMES.get(value.name, value.name))
        if value is None or type(value) in (bool, int, float, str):
            return value
        raise tape.refuse(
            f"{self.name} is given {a(value)} as {name}, which cannot be replayed: "
            "pass tensors, numbers, strings, types such as tl.float32 or None, one by one."
        )

    def _descriptor(self, tape: Tape, value: Any) -> Descriptor:
        if getattr(value, "round_f32_to_tf32", False):
            raise tape.refuse("A TensorDescriptor that rounds to TF32 cannot be replayed.")
        base = tape.view(value.base)
        shape, strides, block = (
            tuple(operator.index(_plain(n)) for n in numbers)
            for numbers in (value.shape, value.strides, value.block_shape)
        )
        tensor = Tensor(base.storage, base.dtype, shape, strides, base.offset)
        return Descriptor(tensor, block, getattr(value, "padding", "zero"))


@functools.lru_cache
def _signature(function: Any) -> inspect.Signature:
    return inspect.signature(function)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, tl.constexpr) else value


class _Compiled:
    """What ``warmup`` and launches return: a compiled kernel, as far as a host function sees it.

    Parameters
    ----------
    call
        Whose constants and options it is compiled for.
    card
        For figures.
    """

    def __init__(self, call: _Call, card: Card) -> None:
        self._call = call
        self.name = call.name
        self.n_regs = card.kernel_registers
        self.n_spills = 0
        self.n_max_threads = card.threads_of_block
        defaults = {"num_warps": 4, "num_stages": 3, "num_ctas": 1}
        self.metadata = SimpleNamespace(
            name=call.name,
            shared=card.kernel_shared,
            warp_size=card.warp_size,
            **{**defaults, **call.options},
        )

    def _init_handles(self) -> None:
        """It has none."""

    def __getitem__(self, grid: Any) -> Any:
        return lambda *args, **_: self._launch(grid, args)

    def _launch(self, grid: Any, args: tuple[Any, ...]) -> None:
        """Constants are those it was compiled for; older code leaves them out."""
        call = self._call
        names = list(call.arguments)
        if len(args) != len(names):
            names = [name for name in names if name not in call.constants]
        if len(args) != len(names):
            raise TypeError(f"{call.name} takes {len(call.arguments)} arguments, not {len(args)}")
        given = dict(zip(names, args, strict=True))
        given.update((name, call.arguments[name]) for name in call.constants)
        _Call(SimpleNamespace(fn=call._function), (), {**call.options, **given}).launch(grid)


def _tune(self: Any, *args: Any, **kwargs: Any) -> Any:
    """In place of ``Autotuner.run``: every configuration is one way to launch."""
    tape = _tape()
    kernel: str = self.base_fn.__name__
    self.nargs = dict(zip(self.arg_names, args, strict=False))
    configs = self.configs
    if self.early_config_prune is not None:
        configs = list(self.early_config_prune(configs, self.nargs, **kwargs))
    if not configs:
        raise tape.refuse(f"No configuration of {kernel} is left after pruning.")
    self.best_config = configs[0]
    before: list[list[Step]] = []
    compiled = []
    with tape.alternatives(kernel):
        for config in configs:
            with tape.steps_apart() as steps:
                _prepare(self, config, kwargs)
                compiled.append(self.fn.run(*args, **kwargs, **config.all_kwargs()))
            before.append(steps)
        if any(steps != before[0] for steps in before):
            raise tape.refuse(f"The hooks of {kernel} do different things by configuration.")
        for step in before[0]:
            tape.add(step)
    return compiled[0]


def _prepare(self: Any, config: Any, kwargs: dict[str, Any]) -> None:
    """What happens before a launch; ``restore_value`` matters to repeated launches only."""
    named = {**self.nargs, **kwargs, **config.all_kwargs()}
    if config.pre_hook is not None:
        config.pre_hook(named)
    if len(self.configs) > 1:
        self.pre_hook(named, reset_only=True)
