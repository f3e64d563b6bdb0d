"""Translating vetted kernels for a card, in a worker of their own: no card is needed for it.

The worker has Triton without its interpreter and may start ptxas, and nothing of a student's but
vetted kernels gets here.
"""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import triton
import triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource, CompilationError
from triton.runtime.cache import FileCacheManager
from triton.runtime.jit import get_jit_fn_file_line
from triton.tools.tensor_descriptor import TensorDescriptor

from autograder.triton_tasks.binary import Binary, Map, Parameter
from autograder.triton_tasks.program import ITEMSIZES, Argument, Choice, Descriptor, Dtype, Tensor

__all__ = ["CompileFault", "compile_kernel", "variant"]

_MESSAGE = 300
# Kilobytes that a program can have, by capability, as NVIDIA's programming guide tells them.
_SHARED = {75: 64, 80: 163, 86: 99, 87: 163, 89: 99, 90: 227, 100: 227, 103: 227, 120: 99}

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


class _Cache(FileCacheManager):  # type: ignore[misc]  # Triton's classes are Any to mypy
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
) -> Binary:
    """Translate a kernel as one launch needs it.

    Spilled bytes are those of stores and loads together: what did not fit into registers.

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
    types, constants, known = _types(kernel, choice.arguments)
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
                ASTSource(kernel, types, constants, known),
                target=GPUTarget("cuda", capability, 32),
                options=dict(choice.options),
            )
        except CompileFault:
            raise
        except Exception as error:
            raise _fault(error, kernels) from None
    shared = int(made.metadata.shared)
    room = _SHARED.get(capability)
    if room is not None and shared > room << 10:
        raise CompileFault(
            f"It needs {shared >> 10} KB of shared memory, and a program can have "
            f"{room}: smaller blocks or fewer stages need less.",
            None,
        )
    return Binary(
        code=made.asm["cubin"],
        function=made.metadata.name,
        threads=32 * made.metadata.num_warps,
        programs_of_cluster=made.metadata.num_ctas,
        shared_bytes=shared,
        scratch_bytes=made.metadata.global_scratch_size,
        cooperative=bool(made.metadata.launch_cooperative_grid),
        dependent=bool(made.metadata.launch_pdl),
        registers=_figure(r"Used (\d+) registers", said.text),
        spilled_bytes=_figure(r"(\d+) bytes spill", said.text),
        parameters=_parameters(types, getattr(made.metadata, "tensordesc_meta", None)),
    )


def variant(kernels: Mapping[str, Any], name: str, choice: Choice) -> str:
    """What of a launch decides its code: launches of which it is the same have the same.

    Raises
    ------
    CompileFault
    """
    options = sorted(choice.options.items())
    return repr((name, _types(kernels[name], choice.arguments), options))


# How many truth values a descriptor carries that a card without the engine for it gets in parts.
_FLAGS = len({"padding", "round_f32_to_tf32"} & {f.name for f in fields(TensorDescriptor)})


def _parameters(types: Mapping[str, str], maps: Sequence[Any] | None) -> tuple[Parameter, ...]:
    """What the code takes: of Triton's parameters those that are no constants."""
    remaining = iter(maps or ())
    made = []
    for name, kind in types.items():
        if kind.startswith("tensordesc"):
            said = next(remaining, None)
            seen = said and Map(
                said["swizzle"], said["elem_size"], said["elem_type"], tuple(said["block_size"])
            )
            made.append(Parameter(name, "descriptor", seen, 0 if seen else _FLAGS))
        elif kind != "constexpr":
            made.append(Parameter(name, "pointer" if kind.startswith("*") else kind))
    return tuple(made)


def _types(
    kernel: Any, arguments: Mapping[str, Argument]
) -> tuple[dict[str, str], dict[tuple[int, ...], Any], dict[tuple[int, ...], Any]]:
    """Types of the parameters, constants, and what is known of the others, as of a launch."""
    signature: dict[str, str] = {}
    constants: dict[tuple[int, ...], Any] = {}
    known: dict[tuple[int, ...], Any] = {}
    for index, parameter in enumerate(kernel.params):
        has_default = parameter.has_default and parameter.is_constexpr  # a launch gives the others
        if parameter.name not in arguments and not has_default:
            raise CompileFault(f"It is launched without its argument {parameter.name}.", None)
        value = arguments.get(parameter.name, parameter.default)
        kind = "constexpr" if parameter.is_constexpr else _type_of(value)
        if isinstance(value, int | float) and kind != "constexpr":
            kind = _annotated(parameter, value) or kind
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


def _annotated(parameter: Any, value: float) -> str:
    """The type that the kernel itself says of a number, whatever the number; empty if it does not.

    Raises
    ------
    CompileFault
        When no launcher would take this number for it.
    """
    kind: str = parameter.annotation_type
    if kind.startswith("*") or (isinstance(value, float) and kind[:1] in ("i", "u")):
        text = f"Its argument {parameter.name} is {value!r}, and the kernel says {kind}."
        raise CompileFault(text, None)
    return kind


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
