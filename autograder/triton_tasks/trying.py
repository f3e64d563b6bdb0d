"""``autograder try`` of a Triton task: the student's own function under Triton's interpreter.

No card is needed, and ``print`` works in kernels. Host functions ask for a card all the same, so
they are told of one, and get memory of this machine for its.
"""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

os.environ["TRITON_INTERPRET"] = "1"  # before Triton is imported, also by what follows

import torch
import triton
from torch.overrides import TorchFunctionMode
from triton.runtime.autotuner import Autotuner
from triton.runtime.interpreter import InterpretedFunction

from autograder.triton_tasks import card

__all__ = ["interpret"]

_CPU = torch.device("cpu")


def interpret() -> None:
    """Make this process one in which Triton tasks run without a card; once, for good."""
    card.present(card.MODEL)
    triton.runtime.driver.active.get_active_torch_device = lambda: _CPU
    _Here().__enter__()
    Autotuner.run = _run_first
    InterpretedFunction.run = _warming(InterpretedFunction.run)


# mypy is not to read PyTorch, which takes it minutes, and so knows no base class here.
class _Here(TorchFunctionMode):  # type: ignore[misc]
    """Puts on the processor what is to be on a card."""

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if function is torch.Tensor.cuda:
            return args[0]
        if function == torch.Tensor.is_cuda.__get__:
            return True
        given = [_here(a) for a in args]
        return function(*given, **{name: _here(a) for name, a in (kwargs or {}).items()})


def _here(value: Any) -> Any:
    is_card = isinstance(value, torch.device) and value.type == "cuda"
    named = isinstance(value, str) and value.partition(":")[0] == "cuda"
    return _CPU if is_card or named else value


def _run_first(self: Any, *args: Any, **kwargs: Any) -> Any:
    """An autotuner's launch: the interpreter has nothing to time, so the first will do."""
    config = self.configs[0]
    options = config.all_kwargs()
    if config.pre_hook is not None:
        config.pre_hook({**dict(zip(self.arg_names, args, strict=False)), **kwargs, **options})
    return self.fn.run(*args, **kwargs, **options)


def _warming(run: Any) -> Any:
    """A kernel's launch, and ``warmup``, of which the interpreter makes nothing."""

    def launch(self: Any, *args: Any, grid: Any, warmup: bool, **kwargs: Any) -> Any:
        if warmup:
            return _Compiled(self, run, kwargs)
        return run(self, *args, grid=grid, warmup=False, **kwargs)

    return launch


class _Compiled:
    """What ``warmup`` gives; its figures are those of the model card."""

    n_regs, n_spills = card.MODEL.kernel_registers, 0
    metadata = SimpleNamespace(shared=card.MODEL.kernel_shared)

    def __init__(self, kernel: Any, run: Any, constants: dict[str, Any]) -> None:
        self._kernel = kernel
        self._run = run
        self._constants = constants

    def _init_handles(self) -> None:
        """It has none."""

    def __getitem__(self, grid: Any) -> Any:
        def launch(*args: Any) -> None:
            given = self._kernel.arg_names[: len(args)]
            rest = {name: value for name, value in self._constants.items() if name not in given}
            self._run(self._kernel, *args, grid=grid, warmup=False, **rest)

        return launch
