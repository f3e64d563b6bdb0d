"""What a host function did, as data: the record that is replayed in its place.

A record is made next to student code, so what arrives in the grader may be anything.
``Program.from_json`` takes nothing that is not a program: every tensor lies within its storage,
every number within its bounds. What such a program does is then decided by the vetted kernels
alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = [
    "ITEMSIZES",
    "MOST_CHOICES",
    "MOST_DIMENSIONS",
    "MOST_STEPS",
    "MOST_STORAGES",
    "OPTIONS",
    "Argument",
    "Choice",
    "Copy",
    "Descriptor",
    "Dtype",
    "Fill",
    "Launch",
    "NotAProgram",
    "Program",
    "Step",
    "Storage",
    "Tensor",
]

ITEMSIZES = {
    "bool": 1,
    "uint8": 1,
    "int8": 1,
    "int16": 2,
    "int32": 4,
    "int64": 8,
    "float16": 2,
    "bfloat16": 2,
    "float32": 4,
    "float64": 8,
}
"""Bytes of an element, by the name that PyTorch and NumPy have for its type."""

OPTIONS = ("num_warps", "num_stages", "num_ctas", "maxnreg")
"""Of a launch, beside its arguments."""

MOST_DIMENSIONS = 8
MOST_STORAGES = 1_000
MOST_STEPS = 1_000
MOST_CHOICES = 100
_ARGUMENTS = 100
_TEXT = 100
_INT = 1 << 63
_GRID = (1 << 31) - 1


class NotAProgram(Exception):
    """The data stands for no program."""


@dataclass(frozen=True)
class Storage:
    """Memory that tensors lie in.

    Attributes
    ----------
    nbytes
        Its size.
    argument
        Index of the host function's tensor argument whose memory it is; None if it was allocated
        by the host function, and is then not initialised.
    """

    nbytes: int
    argument: int | None = None


@dataclass(frozen=True)
class Tensor:
    """A view of a storage; strides and offset in elements, as PyTorch has them."""

    storage: int
    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int = 0

    @property
    def nbytes(self) -> int:
        """Bytes of its elements, each counted once."""
        return math.prod(self.shape) * ITEMSIZES[self.dtype]


@dataclass(frozen=True)
class Dtype:
    """A type of elements as an argument, such as ``tl.float32``; named as in ``ITEMSIZES``."""

    name: str


@dataclass(frozen=True)
class Descriptor:
    """A ``TensorDescriptor`` that was made on the host.

    Attributes
    ----------
    padding
        ``"zero"`` or ``"nan"``: what is read outside.
    """

    tensor: Tensor
    block_shape: tuple[int, ...]
    padding: str = "zero"


Argument: TypeAlias = Tensor | Descriptor | Dtype | int | float | bool | str | None
"""Of a kernel."""


@dataclass(frozen=True)
class Fill:
    """Set each element to a number."""

    tensor: Tensor
    value: int | float


@dataclass(frozen=True)
class Copy:
    """Copy elements, from one type to another if need be; of the same shape."""

    source: Tensor
    target: Tensor


@dataclass(frozen=True)
class Choice:
    """One way to launch a kernel.

    Attributes
    ----------
    grid
        Programs along each of three axes.
    arguments
        By the names of the kernel's parameters.
    options
        Of ``OPTIONS``, those that were given.
    """

    grid: tuple[int, int, int]
    arguments: dict[str, Argument]
    options: dict[str, int]


@dataclass(frozen=True)
class Launch:
    """A kernel's launch.

    Attributes
    ----------
    kernel
        Its name.
    choices
        The one way to launch it, or those that an autotuner may choose from.
    """

    kernel: str
    choices: tuple[Choice, ...]


Step: TypeAlias = Fill | Copy | Launch


@dataclass(frozen=True)
class Program:
    """What a host function did.

    Attributes
    ----------
    storages
        All memory that it used.
    steps
        In order.
    result
        What it returned.
    """

    storages: tuple[Storage, ...]
    steps: tuple[Step, ...]
    result: Tensor

    def to_json(self) -> dict[str, Any]:
        """As lists, strings and whole numbers."""
        return {
            "storages": [[s.nbytes, s.argument] for s in self.storages],
            "steps": [_step_to_json(step) for step in self.steps],
            "result": _argument_to_json(self.result),
        }

    @classmethod
    def from_json(cls, data: Any, arguments: Sequence[int], nbytes: int) -> Program:
        """The program that these data stand for.

        Parameters
        ----------
        data
            As ``to_json`` gives it, or anything else.
        arguments
            Bytes of the storage of each tensor argument.
        nbytes
            That it may allocate in all.

        Raises
        ------
        NotAProgram
        """
        try:
            return _Reader(data, arguments, nbytes).program
        except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
            raise NotAProgram(f"no program: {type(error).__name__}") from None


def _number_to_json(value: int | float | bool) -> list[Any]:
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", value]
    return ["float", value.hex()]  # JSON has neither infinity nor NaN


def _argument_to_json(value: Argument) -> list[Any]:
    if isinstance(value, Tensor):
        where = [value.storage, value.dtype, value.offset]
        return ["tensor", *where, list(value.shape), list(value.strides)]
    if isinstance(value, Descriptor):
        tensor = _argument_to_json(value.tensor)
        return ["descriptor", tensor, list(value.block_shape), value.padding]
    if isinstance(value, Dtype):
        return ["dtype", value.name]
    if value is None:
        return ["none"]
    if isinstance(value, str):
        return ["text", value]
    return _number_to_json(value)


def _step_to_json(step: Step) -> list[Any]:
    if isinstance(step, Fill):
        return ["fill", _argument_to_json(step.tensor), _number_to_json(step.value)]
    if isinstance(step, Copy):
        return ["copy", _argument_to_json(step.source), _argument_to_json(step.target)]
    choices = [
        [
            list(choice.grid),
            {name: _argument_to_json(value) for name, value in choice.arguments.items()},
            choice.options,
        ]
        for choice in step.choices
    ]
    return ["launch", step.kernel, choices]


def _expect(condition: bool) -> None:
    if not condition:
        raise ValueError


def _whole(value: Any, least: int, most: int) -> int:
    _expect(type(value) is int and least <= value <= most)
    return int(value)


def _text(value: Any) -> str:
    _expect(type(value) is str and len(value) <= _TEXT)
    return str(value)


class _Reader:
    """Reads data that may be anything; any of the usual exceptions when it is no program."""

    def __init__(self, data: Any, arguments: Sequence[int], nbytes: int) -> None:
        storages, steps = data["storages"], data["steps"]
        _expect(type(storages) is list and len(storages) <= MOST_STORAGES)
        _expect(type(steps) is list and len(steps) <= MOST_STEPS)
        self._storages = tuple(self._storage(s, arguments, nbytes) for s in storages)
        inputs = [s.argument for s in self._storages if s.argument is not None]
        _expect(len(set(inputs)) == len(inputs))
        _expect(sum(s.nbytes for s in self._storages if s.argument is None) <= nbytes)
        self._nbytes = nbytes
        result = self._whole_tensor(data["result"])
        self.program = Program(self._storages, tuple(map(self._step, steps)), result)

    @staticmethod
    def _storage(data: Any, arguments: Sequence[int], nbytes: int) -> Storage:
        size, argument = data
        if argument is None:
            return Storage(_whole(size, 0, nbytes))
        known = arguments[_whole(argument, 0, len(arguments) - 1)]
        return Storage(_whole(size, known, known), argument)

    def _step(self, data: Any) -> Step:
        kind, *rest = data
        if kind == "fill":
            tensor, value = self._whole_tensor(rest[0]), self._argument(rest[1])
            _expect(type(value) in (bool, int, float))
            # The line above has narrowed it, by the very type, which mypy does not follow.
            return Fill(tensor, value)  # type: ignore[arg-type]
        if kind == "copy":
            source, target = map(self._whole_tensor, rest)
            _expect(source.shape == target.shape)
            return Copy(source, target)
        _expect(kind == "launch")
        kernel, choices = rest
        _expect(type(choices) is list and 0 < len(choices) <= MOST_CHOICES)
        return Launch(_text(kernel), tuple(map(self._choice, choices)))

    def _choice(self, data: Any) -> Choice:
        grid, arguments, options = data
        _expect(type(arguments) is dict and len(arguments) <= _ARGUMENTS)
        _expect(type(grid) is list and len(grid) == 3 and set(options) <= set(OPTIONS))
        x, y, z = (_whole(n, 1, _GRID) for n in grid)
        return Choice(
            grid=(x, y, z),
            arguments={_text(name): self._argument(value) for name, value in arguments.items()},
            options={name: _whole(value, 0, 1 << 10) for name, value in options.items()},
        )

    def _argument(self, data: Any) -> Argument:
        kind, *rest = data
        if kind == "tensor":
            return self._tensor(self._view(*rest))
        if kind == "descriptor":
            inner, block_shape, padding = rest
            tensor = self._tensor(self._argument(inner))
            _expect(padding in ("zero", "nan") and len(block_shape) == len(tensor.shape))
            block = tuple(_whole(n, 1, 1 << 20) for n in block_shape)
            return Descriptor(tensor, block, padding)
        if kind == "none":
            _expect(not rest)
            return None
        (value,) = rest
        if kind == "dtype":
            _expect(value in ITEMSIZES)
            return Dtype(value)
        if kind == "text":
            return _text(value)
        if kind == "int":
            return _whole(value, -_INT, 2 * _INT - 1)
        if kind == "bool":
            _expect(type(value) is bool)
            return bool(value)
        _expect(kind == "float" and type(value) is str and len(value) <= _TEXT)
        return float.fromhex(value)

    def _whole_tensor(self, data: Any) -> Tensor:
        """One that is gone through as a whole: strides of 0 can make it larger than its memory."""
        tensor = self._tensor(self._argument(data))
        _expect(tensor.nbytes <= self._nbytes)
        return tensor

    @staticmethod
    def _tensor(value: Argument) -> Tensor:
        if not isinstance(value, Tensor):
            raise ValueError
        return value

    def _view(self, storage: Any, dtype: Any, offset: Any, shape: Any, strides: Any) -> Tensor:
        _expect(type(shape) is list and type(strides) is list)
        _expect(len(shape) == len(strides) <= MOST_DIMENSIONS)
        nbytes = self._storages[_whole(storage, 0, len(self._storages) - 1)].nbytes
        items = nbytes // ITEMSIZES[dtype]
        sizes = tuple(_whole(n, 0, _INT) for n in shape)
        steps = tuple(_whole(n, 0, _INT) for n in strides)
        begin = _whole(offset, 0, items)
        if math.prod(sizes):
            last = begin + sum((n - 1) * s for n, s in zip(sizes, steps, strict=True))
            _expect(last < items)
        return Tensor(storage, dtype, sizes, steps, begin)
