"""Runs a program's kernels under Triton's interpreter: what they return, and what they touch.

It is for a process of its own that never sees student Python: vetted kernels, a record, and the
values of the tensor arguments are all it has. ``TRITON_INTERPRET=1`` stands in its environment
before it imports this. PyTorch is not needed, nor imported.

Every storage lies by itself, far from the next. What was allocated and not filled reads as NaN
(or -1, or true). An address outside the storages that a launch was given is a fault of the kernel,
and memory is not touched. How bytes are counted, and which of the interpreter's parts are replaced,
stands in ``counting``.
"""

from __future__ import annotations

import inspect
import itertools
import math
import mmap
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import triton
import triton.language as tl
from triton.runtime import interpreter
from triton.tools.tensor_descriptor import TensorDescriptor

from autograder.triton_tasks.counting import (
    InterpreterUnsupported,
    Meter,
    Outside,
    Region,
    metered,
    prepare,
)
from autograder.triton_tasks.kernels import load_kernels
from autograder.triton_tasks.program import (
    ITEMSIZES,
    Argument,
    Choice,
    Copy,
    Descriptor,
    Dtype,
    Fill,
    Launch,
    Program,
    Storage,
    Tensor,
)

__all__ = ["InterpreterUnsupported", "KernelFault", "Replayed", "Unsupported", "probe", "replay"]

_GAP = 1 << 18  # between storages: what runs past the end of one is not in the next
_ALIGNMENT = 512  # as a card's memory has it
_POISON = 0xFF  # NaN in every floating type
_MESSAGE = 300
_NAME = 100
_NAMES = {"bool": "int1"}  # in triton.language, where it differs from PyTorch's

Bytes: TypeAlias = npt.NDArray[np.uint8]


class KernelFault(Exception):
    """A kernel did what it must not, or could not go on.

    Attributes
    ----------
    text
        What the student is told; holds no values.
    kernel
        The name of the one that was launched.
    line
        In the student's file; None if it was not under way yet.
    message
        The exception's own words, which may hold values; empty if there is none.
    """

    def __init__(self, text: str, kernel: str, line: int | None = None, message: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.kernel = kernel
        self.line = line
        self.message = message


class Unsupported(Exception):
    """What the program does is right, perhaps, but not judged here."""


@dataclass(frozen=True)
class Replayed:
    """What came of a program.

    Attributes
    ----------
    output
        The values of its result, contiguous.
    read, written
        Bytes by storage, in the kernels' loads and stores.
    copied_read, copied_written
        The same in the program's copies.
    programs
        How many of the kernels' programs ran.
    """

    output: npt.NDArray[Any]
    read: list[int]
    written: list[int]
    copied_read: list[int]
    copied_written: list[int]
    programs: int


def replay(
    kernels: Mapping[str, Any], program: Program, values: Sequence[Bytes], filename: str
) -> Replayed:
    """Run a program.

    Parameters
    ----------
    kernels
        As ``load_kernels`` gives them.
    program
        Of launches, the first choice is taken.
    values
        The bytes of each tensor argument's storage, gaps between rows included.
    filename
        The one that ``load_kernels`` was given.

    Raises
    ------
    KernelFault
    Unsupported
    InterpreterUnsupported
    """
    prepare()
    memory = _Memory(program.storages, values)
    run = _Run(kernels, memory, filename)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of exp that overflows, and of what is deprecated
        for step in program.steps:
            run.step(step)
    return Replayed(
        memory.view(program.result).copy(order="C"),
        memory.read,
        memory.written,
        memory.copied_read,
        memory.copied_written,
        run.programs,
    )


class _Memory:
    """All storages, and the bytes of each that were touched."""

    def __init__(self, storages: Sequence[Storage], values: Sequence[Bytes]) -> None:
        sizes = [-(-s.nbytes // _ALIGNMENT) * _ALIGNMENT + _GAP for s in storages]
        try:
            memory = mmap.mmap(-1, sum(sizes) + _GAP, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        except OSError:
            raise MemoryError from None
        arena = np.frombuffer(memory, np.uint8)
        self._bytes: list[Bytes] = []
        for storage, begin in zip(
            storages, itertools.accumulate(sizes, initial=_GAP), strict=False
        ):
            own = arena[begin : begin + storage.nbytes]
            own[:] = _POISON if storage.argument is None else values[storage.argument]
            self._bytes.append(own)
        self.begins = [own.ctypes.data for own in self._bytes]
        self.read, self.written, self.copied_read, self.copied_written = (
            [0] * len(storages) for _ in range(4)
        )

    def view(self, tensor: Tensor) -> npt.NDArray[Any]:
        """A tensor's elements, where they are."""
        itemsize = ITEMSIZES[tensor.dtype]
        dtype, memory = _numpy_dtype(tensor.dtype), self._bytes[tensor.storage]
        strides = [
            s * itemsize if n > 1 else 0 for n, s in zip(tensor.shape, tensor.strides, strict=True)
        ]
        try:
            return np.ndarray(tensor.shape, dtype, memory, tensor.offset * itemsize, strides)
        except (ValueError, OverflowError):  # without elements, the other lengths can be anything
            raise Unsupported(f"no array has a shape such as {tensor.shape}") from None

    def address(self, tensor: Tensor) -> int:
        """Of its first element."""
        return self.begins[tensor.storage] + tensor.offset * ITEMSIZES[tensor.dtype]

    def region(self, name: str, tensor: Tensor) -> Region:
        """The whole storage in which a parameter's tensor lies."""
        begin = self.begins[tensor.storage]
        end = begin + self._bytes[tensor.storage].size
        return Region(name, tensor.storage, begin, end)

    def fill(self, step: Fill) -> None:
        """Set elements to a number."""
        target = self.view(step.tensor)
        try:
            target[...] = target.dtype.type(step.value)
        except (OverflowError, ValueError):
            raise Unsupported(f"{step.tensor.dtype} has no {step.value!r}") from None

    def copy(self, step: Copy) -> None:
        """Copy elements, converted as PyTorch does."""
        source, target = self.view(step.source), self.view(step.target)
        if target.dtype == np.float16 and source.dtype != np.float16:
            source = source.astype(np.float32)  # by which PyTorch goes, and rounds twice
        target[...] = source.astype(target.dtype)
        self.copied_read[step.source.storage] += _touched(step.source)
        self.copied_written[step.target.storage] += _touched(step.target)


def _touched(tensor: Tensor) -> int:
    """Bytes of its elements, of which one that an expanded view repeats counts once."""
    own = (n for n, stride in zip(tensor.shape, tensor.strides, strict=True) if stride or not n)
    return math.prod(own) * ITEMSIZES[tensor.dtype]


def _numpy_dtype(name: str) -> np.dtype[Any]:
    if name == "bfloat16":
        raise Unsupported("bfloat16 is judged on a card only: Triton's interpreter gets it wrong")
    return np.dtype(name)


# ------------------------------------------------------------------ launches


class _TensorType:
    """Of elements, as Triton asks PyTorch's for it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.itemsize = ITEMSIZES[name]
        self.is_floating_point = "float" in name

    def __str__(self) -> str:
        return self._name


class _Pointer:
    """A tensor argument, as Triton asks PyTorch's for it."""

    def __init__(self, address: int, dtype: str) -> None:
        self._address = address
        self.dtype = _TensorType(dtype)

    def data_ptr(self) -> int:
        return self._address


class _Run:
    """The steps of one program."""

    def __init__(self, kernels: Mapping[str, Any], memory: _Memory, filename: str) -> None:
        self._kernels = kernels
        self._memory = memory
        self._filename = filename
        self.programs = 0

    def step(self, step: Fill | Copy | Launch) -> None:
        if isinstance(step, Fill):
            self._memory.fill(step)
        elif isinstance(step, Copy):
            self._memory.copy(step)
        else:
            self._launch(step.kernel, step.choices[0])

    def _launch(self, name: str, choice: Choice) -> None:
        if name not in self._kernels:
            raise KernelFault(f"There is no kernel {name}.", name)
        kernel = self._kernels[name]
        with self._faults_of(name):
            function = kernel.rewrite()
            arguments = self._bind(name, kernel, choice.arguments)
            builder = interpreter.interpreter_builder
            builder.set_grid_dim(*choice.grid)
            with metered(self._meter(choice.arguments)):
                x, y, z = map(range, choice.grid)
                for index in ((i, j, k) for i in x for j in y for k in z):  # none is kept
                    builder.set_grid_idx(*index)
                    function(**arguments)
                    self.programs += 1

    def _meter(self, arguments: Mapping[str, Argument]) -> Meter:
        """Of the storages that are among the arguments, each known by the first that is in it."""
        found: dict[int, Region] = {}
        for name, value in arguments.items():
            tensor = value.tensor if isinstance(value, Descriptor) else value
            if isinstance(tensor, Tensor):
                found.setdefault(tensor.storage, self._memory.region(name, tensor))
        return Meter(list(found.values()), self._memory.read, self._memory.written)

    def _bind(self, name: str, kernel: Any, given: Mapping[str, Argument]) -> dict[str, Any]:
        """The arguments of all programs, as the interpreter makes them."""
        parameters = inspect.signature(kernel.fn).parameters
        defaults = {n: p.default for n, p in parameters.items() if p.default is not p.empty}
        if unknown := sorted(set(given) - set(parameters)):
            raise KernelFault(f"{name} has no parameter {', '.join(unknown)[:_NAME]}.", name)
        if missing := [n for n in parameters if n not in given and n not in defaults]:
            raise KernelFault(f"{name} was launched without {', '.join(missing)}.", name)
        fixed = interpreter.GridExecutor(kernel.fn, kernel.arg_names, None).constexprs
        bound = defaults | {n: self._argument(value) for n, value in given.items()}
        return {n: v if n in fixed else _converted(name, n, v) for n, v in bound.items()}

    def _argument(self, value: Argument) -> Any:
        """As a host function gives it."""
        if isinstance(value, Tensor):
            _numpy_dtype(value.dtype)
            return _Pointer(self._memory.address(value), value.dtype)
        if isinstance(value, Descriptor):
            base, tensor = self._argument(value.tensor), value.tensor
            shape, strides = list(tensor.shape), list(tensor.strides)
            return TensorDescriptor(base, shape, strides, list(value.block_shape), value.padding)
        if isinstance(value, Dtype):
            return getattr(tl, _NAMES.get(value.name, value.name))
        return value

    @contextmanager
    def _faults_of(self, kernel: str) -> Iterator[None]:
        """Whatever is raised in a kernel is its fault."""
        try:
            yield
        except (KernelFault, Unsupported, InterpreterUnsupported):
            raise
        except Outside as outside:
            raise KernelFault(f"{kernel} {outside.text}.", kernel, self._line(outside)) from None
        except Exception as error:
            text = f"{kernel} raised {type(error).__name__}."
            message = str(error)[:_MESSAGE]
            raise KernelFault(text, kernel, self._line(error), message) from error

    def _line(self, error: Exception) -> int | None:
        """The line in the student's file that was under way, in the innermost function there."""
        frames = traceback.walk_tb(error.__traceback__)
        lines = [line for frame, line in frames if frame.f_code.co_filename == self._filename]
        return lines[-1] if lines else None


def _converted(kernel: str, name: str, value: Any) -> Any:
    """An argument that is no constant."""
    if isinstance(value, bool):  # for which Triton's own conversion raises
        handle = interpreter.TensorHandle(np.array([value]), tl.int1)
        return tl.tensor(handle, tl.int1)
    try:
        return interpreter._implicit_cvt(value)
    except (ValueError, OverflowError):
        raise KernelFault(f"{kernel}: no type of Triton's holds {name}.", kernel) from None


# ------------------------------------------------------------------ whether it works here

_PROBE = """\
@triton.jit
def total(x, y, n):
    sum = tl.load(x)
    for i in range(1, n):
        sum += tl.load(x + i)
    tl.store(y, sum)
"""


def probe() -> str | None:
    """Why kernels cannot be replayed here, as a sentence; None if they can.

    Runs a kernel with a loop whose bound is given at run time, which is where Triton 3.6 fails
    with NumPy 2.4.
    """
    versions = f"Triton {triton.__version__} with NumPy {np.__version__}"
    if not triton.knobs.runtime.interpret:
        return "TRITON_INTERPRET=1 was not set before Triton was imported."
    x, y = Tensor(0, "float32", (3,), (1,)), Tensor(1, "float32", (1,), (1,))
    launch = Launch("total", (Choice((1, 1, 1), {"x": x, "y": y, "n": 3}, {}),))
    program = Program((Storage(12, 0), Storage(4)), (launch,), y)
    values = [np.array([1, 2, 4], np.float32).view(np.uint8)]
    aliases = {"triton": "triton", "tl": "triton.language"}
    try:
        kernels = load_kernels(_PROBE, aliases, "<probe>")
        output = replay(kernels, program, values, "<probe>").output
    except InterpreterUnsupported as error:
        return f"{error}."
    except KernelFault as fault:
        return f"{versions}: the interpreter does not work ({fault.message})."
    return None if output == [7] else f"{versions}: the interpreter computes wrongly."
