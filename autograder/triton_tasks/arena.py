"""The memory of a program, as PyTorch has it on a card: filled, poisoned, viewed, copied.

Each storage is a tensor of bytes of its own. On the processor it is the same, which is how it is
tested.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import torch

from autograder.triton_tasks.device import fill
from autograder.triton_tasks.program import ITEMSIZES, Copy, Fill, Storage, Tensor
from autograder.triton_tasks.tiled import Tiled

__all__ = ["Arena", "Unfit", "Values"]

_POISON = 0xFF  # NaN in every floating type
_WHOLE = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}

Values: TypeAlias = "np.ndarray[Any, np.dtype[np.uint8]] | Tiled"
"""Of an argument's storage: its bytes, or few elements that repeat."""


class Unfit(Exception):
    """No tensor is such."""


class Arena:
    """All storages of one program.

    What was allocated and not filled reads as NaN (or -1, or true), as on the processor.

    Parameters
    ----------
    storages
        Of the program.
    values
        Of each argument's storage.
    device
        Where PyTorch puts them.
    """

    def __init__(self, storages: Sequence[Storage], values: Sequence[Values], device: Any) -> None:
        self._device = device
        self._bytes = [self._empty(storage.nbytes) for storage in storages]
        self._scratch: list[Any] = []
        self._inputs: list[tuple[Any, Any, int]] = []  # memory, values and where to begin in them
        for storage, own in zip(storages, self._bytes, strict=True):
            if storage.argument is None or not storage.nbytes:
                continue
            given = values[storage.argument]
            if isinstance(given, Tiled):
                period = self._there(given.values)
                self._inputs.append((own.view(period.dtype), period, given.shift))
            else:
                self._inputs.append((own, self._there(given), 0))
        self._own = [
            own for s, own in zip(storages, self._bytes, strict=True) if s.argument is None
        ]
        self.reset()

    def _empty(self, nbytes: int) -> Any:
        return torch.empty(nbytes, dtype=torch.uint8, device=self._device)

    def _there(self, values: np.ndarray[Any, Any]) -> Any:
        """Values as whole numbers of their size, so that every type gets there unchanged."""
        whole = np.ascontiguousarray(values).view(f"i{values.itemsize}")
        if values.itemsize == 1:
            whole = whole.view(np.uint8)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what may not be written, which is copied here
            return torch.from_numpy(whole).to(self._device)

    def reset(self) -> None:
        """Queue what makes all memory as it was at first: what one run leaves, none finds."""
        for memory, values, shift in self._inputs:
            fill(memory, values, shift)
        for own in self._own:
            own.fill_(_POISON)

    def view(self, tensor: Tensor) -> Any:
        """A tensor's elements, where they are."""
        memory = self._bytes[tensor.storage]
        itemsize = ITEMSIZES[tensor.dtype]
        whole = memory[: memory.numel() // itemsize * itemsize].view(getattr(torch, tensor.dtype))
        try:
            return whole.as_strided(tensor.shape, tensor.strides, tensor.offset)
        except RuntimeError:
            raise Unfit(f"no tensor has a shape such as {tensor.shape}") from None

    def address(self, tensor: Tensor) -> int:
        """Of its first element."""
        begin: int = self._bytes[tensor.storage].data_ptr()
        return begin + tensor.offset * ITEMSIZES[tensor.dtype]

    def scratch(self, nbytes: int, alignment: int) -> int:
        """The address of more memory, which stays as long as this."""
        memory = self._empty(nbytes + alignment - 1)
        self._scratch.append(memory)
        begin: int = memory.data_ptr()
        return -(-begin // alignment) * alignment

    def do(self, step: Fill | Copy) -> None:
        """Queue what PyTorch itself does in a program; it converts as it always does."""
        if isinstance(step, Copy):
            self.view(step.target).copy_(self.view(step.source))
            return
        try:
            self.view(step.tensor).fill_(step.value)
        except (OverflowError, RuntimeError) as error:
            if isinstance(error, torch.AcceleratorError):  # of a kernel before it
                raise
            raise Unfit(f"{step.tensor.dtype} has no {step.value!r}") from None

    def rows(self, tensor: Tensor, indices: Sequence[int]) -> np.ndarray[Any, Any]:
        """Bytes of some rows along the last axis, counted through all others: ``(n, bytes)``."""
        view = self.view(tensor)
        if view.ndim == 1:
            view = view[None]
        places = np.unravel_index(np.asarray(indices, np.int64), view.shape[:-1])
        view = view[tuple(torch.from_numpy(place).to(self._device) for place in places)]
        rows = view.reshape(len(indices), tensor.shape[-1])
        return _bytes_of(rows).reshape(len(indices), -1)

    def output(self, tensor: Tensor) -> np.ndarray[Any, Any]:
        """Bytes of all elements of a tensor, in order."""
        return _bytes_of(self.view(tensor))


def _bytes_of(tensor: Any) -> np.ndarray[Any, Any]:
    """In memory of the host; NumPy has no name for some of the types."""
    whole = tensor.contiguous().view(_WHOLE[tensor.element_size()])
    made: np.ndarray[Any, Any] = whole.cpu().numpy()
    return made.reshape(-1).view(np.uint8)
