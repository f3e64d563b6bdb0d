"""Translating vetted kernels for a card, in a worker of their own: no card is needed for it.

The worker has Triton without its interpreter and may start ptxas, and nothing of a student's but
vetted kernels gets here.
"""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import triton
import triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource, CompilationError
from triton.runtime.cache import FileCacheManager
from triton.runtime.jit import get_jit_fn_file_line

from autograder.triton_tasks.program import ITEMSIZES, Argument, Choice, Descriptor, Dtype, Tensor

__all__ = ["CompileFault", "Compiled", "compile_kernel"]

_MESSAGE = 300
_SHARED = {80: 163 << 10, 90: 227 << 10}  # bytes that a program can have, by capability

_TYPES = {
    "bool": "i1",
    "uint8": "u8",
    "int8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
    "float16": "fp16",
    "bfloat16": "bf16",
    "float32": "fp32",
    "float64": "fp64",
}


@dataclass(frozen=True)
class Compiled:
    """What a kernel takes of a card.

    Attributes
    ----------
    registers
        Of each thread.
    spilled_bytes
        Of each thread, stores and loads together: what did not fit into registers.
    shared_bytes
        Of shared memory, of each program.
    """

    registers: int
    spilled_bytes: int
    shared_bytes: int


# Triton has no types, so its classes are Any to mypy.
class _Cache(FileCacheManager):  # type: ignore[misc]
    """Writes each file where it belongs: Landlock's first version lets none be moved there."""

    def put(self, data: Any, filename: str, binary: bool = True) -> str:
        path = Path(self.cache_dir, filename)
        path.write_bytes(data if isinstance(data, bytes) else str(data).encode())
        return str(path)


class _LastWords(io.StringIO):
    """Keeps what was printed last: ptxas comes after all that kernels print while they compile."""

    text = ""

    def write(self, text: str) -> int:
        if text.strip():
            self.text = text
        return len(text)


class CompileFault(Exception):
    """A kernel that does not compile.

    Attributes
    ----------
    line
        In the student's file; None if it is not known.
    text
        What the compiler says.
    """

    def __init__(self, text: str, line: int | None) -> None:
        super().__init__(text)
        self.text = text
        self.line = line


def compile_kernel(
    kernels: Mapping[str, Any], name: str, choice: Choice, capability: int
) -> Compiled:
    """Translate a kernel as one launch needs it.

    Parameters
    ----------
    kernels
        Every ``triton.JITFunction`` by its name.
    name
        The one that is launched.
    choice
        The launch: types, constants and options.
    capability
        Of the card: 90 for sm_90.

    Raises
    ------
    CompileFault
    """
    kernel = kernels[name]
    said = _LastWords()
    with (
        contextlib.redirect_stdout(said),
        tempfile.TemporaryDirectory() as cache,
        triton.knobs.cache.scope(),
    ):
        triton.knobs.cache.dir = cache  # nothing is to be found from one time to the next
        triton.knobs.cache.manager_class = _Cache
        try:
            made = triton.compile(
                ASTSource(kernel, *_types(kernel, choice.arguments)),
                target=GPUTarget("cuda", capability, 32),
                options=dict(choice.options),
            )
        except CompileFault:
            raise
        except Exception as error:
            raise _fault(error, kernels) from None
    shared = int(made.metadata.shared)
    if shared > _SHARED.get(capability, shared):
        raise CompileFault(
            f"It needs {shared >> 10} KB of shared memory, and a program can have "
            f"{_SHARED[capability] >> 10}: smaller blocks or fewer stages need less.",
            None,
        )
    return Compiled(
        registers=_figure(r"Used (\d+) registers", said.text),
        spilled_bytes=_figure(r"(\d+) bytes spill", said.text),
        shared_bytes=shared,
    )


def _types(
    kernel: Any, arguments: Mapping[str, Argument]
) -> tuple[dict[str, str], dict[tuple[int, ...], Any], dict[tuple[int, ...], Any]]:
    """Types of the parameters, constants, and what is known of the others, as of a launch."""
    signature: dict[str, str] = {}
    constants: dict[tuple[int, ...], Any] = {}
    known: dict[tuple[int, ...], Any] = {}
    for index, parameter in enumerate(kernel.params):
        if parameter.name not in arguments and not parameter.has_default:
            raise CompileFault(f"It is launched without its argument {parameter.name}.", None)
        value = arguments.get(parameter.name, parameter.default)
        kind = "constexpr" if parameter.is_constexpr else _type_of(value)
        if kind == "constexpr":
            constants[(index,)] = _constant(value)
        elif not parameter.do_not_specialize and _divides_by_16(value):
            known[(index,)] = [["tt.divisibility", 16]]
        signature[parameter.name] = kind
    return signature, constants, known


def _type_of(value: Argument) -> str:
    """The type of an argument as Triton writes it; a launch takes None and 1 for constants."""
    if isinstance(value, Tensor):
        return f"*{_TYPES[value.dtype]}"
    if isinstance(value, Descriptor):
        block = ",".join(map(str, value.block_shape))
        return f"tensordesc<{_TYPES[value.tensor.dtype]}[{block}]>"
    if isinstance(value, bool):
        return "u1"
    if isinstance(value, int) and value != 1:
        ranges = {"i32": 1 << 31, "i64": 1 << 63}
        return next((kind for kind, most in ranges.items() if -most <= value < most), "u64")
    return "fp32" if isinstance(value, float) else "constexpr"


def _constant(value: Argument) -> Any:
    if isinstance(value, Dtype):
        return getattr(tl, "int1" if value.name == "bool" else value.name)
    return value


def _divides_by_16(value: Argument) -> bool:
    """Whether 16 divides an address or a number; memory itself begins at such an address."""
    if isinstance(value, Tensor):
        return value.offset * ITEMSIZES[value.dtype] % 16 == 0
    return type(value) is int and value % 16 == 0


def _fault(error: BaseException, kernels: Mapping[str, Any]) -> CompileFault:
    """What the compiler complains about: the innermost place that is in a student's kernel."""
    starts = {kernel.src: get_jit_fn_file_line(kernel)[1] for kernel in kernels.values()}
    text, line = "The compiler fails.", None
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, CompilationError):
            number = getattr(cause.node, "lineno", None)
            if number is not None and cause.src in starts:
                line = starts[cause.src] + number - 1
            said = cause.error_message
        else:
            said = str(cause)
        text = (said or text).strip()[:_MESSAGE]
        cause = cause.__cause__ or cause.__context__
    return CompileFault(text, line)


def _figure(pattern: str, text: str) -> int:
    """The sum of a figure over all that ptxas says of one kernel and its functions."""
    return sum(int(number) for number in re.findall(pattern, text))
