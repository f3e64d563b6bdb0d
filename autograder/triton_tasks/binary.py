"""A kernel as compiled for a card, as data that is checked on arrival. Imports nothing of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

__all__ = ["KINDS", "Binary", "Map", "NotABinary", "Parameter"]

KINDS = (
    *("pointer", "descriptor", "u1", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"),
    *("fp16", "bf16", "fp32", "fp64"),
)
"""Of parameters: numbers have Triton's names of their types."""

_NAME = re.compile(r"[A-Za-z_]\w{0,500}")
_PARAMETERS = 100
_NUMBER = 1 << 31
_CODE = 16 << 20


class NotABinary(Exception):
    """The data stands for no compiled kernel."""


@dataclass(frozen=True)
class Map:
    """How the card's copy engine is to see a tensor; as Triton says it of a descriptor."""

    swizzle: int
    element_bytes: int
    element_type: int
    block_shape: tuple[int, ...]


@dataclass(frozen=True)
class Parameter:
    """One of the kernel's, in order.

    Attributes
    ----------
    name
        Of the argument that it takes.
    kind
        One of ``KINDS``.
    map
        Of a descriptor, where the card has an engine for it; else it is taken apart.
    flags
        How many truth values a descriptor has that is taken apart; it differs by release.
    """

    name: str
    kind: str
    map: Map | None = None
    flags: int = 0


@dataclass(frozen=True)
class Binary:
    """A compiled kernel.

    Attributes
    ----------
    code
        A cubin.
    function
        Its name in there.
    threads, programs_of_cluster
        Of a program, and programs that run as one cluster.
    shared_bytes
        Of a program.
    scratch_bytes
        Of global memory that a program takes beside its arguments.
    cooperative, dependent
        Flags of the launch.
    registers, spilled_bytes
        Of a thread.
    parameters
        Behind them come two pointers, to the scratch and to that of a profiler.
    """

    code: bytes
    function: str
    threads: int
    programs_of_cluster: int
    shared_bytes: int
    scratch_bytes: int
    cooperative: bool
    dependent: bool
    registers: int
    spilled_bytes: int
    parameters: tuple[Parameter, ...]

    def __post_init__(self) -> None:
        numbers = [getattr(self, f.name) for f in fields(self) if f.type == "int"]
        flags = [getattr(self, f.name) for f in fields(self) if f.type == "bool"]
        if not all(type(n) is int and 0 <= n < _NUMBER for n in numbers):
            raise NotABinary("a number that is none")
        if not all(type(flag) is bool for flag in flags):
            raise NotABinary("a flag that is none")
        if type(self.code) is not bytes or not 0 < len(self.code) <= _CODE:
            raise NotABinary("no code")
        if type(self.function) is not str or not _NAME.fullmatch(self.function):
            raise NotABinary("no name")
        if not 32 <= self.threads <= 1024 or not 1 <= self.programs_of_cluster <= 16:
            raise NotABinary("a program that no card has room for")

    def to_json(self, pack: Callable[[bytes], Any]) -> Mapping[str, Any]:
        """For a message; ``pack`` takes the code into its body."""
        return {**asdict(self), "code": pack(self.code)}

    @classmethod
    def from_json(cls, value: Any, unpack: Callable[[Any], Any]) -> Binary:
        """Read what came from elsewhere; raises ``NotABinary``."""
        try:
            given = {f.name: value[f.name] for f in fields(cls)}
            parameters = [_parameter(p) for p in given.pop("parameters")]
            code = unpack(given.pop("code"))
        except (KeyError, TypeError, AttributeError):
            raise NotABinary("not its parts") from None
        if len(parameters) > _PARAMETERS:
            raise NotABinary("too many parameters")
        return cls(code=code, parameters=tuple(parameters), **given)


def _parameter(value: Any) -> Parameter:
    name, kind, flags, seen = (value[n] for n in ("name", "kind", "flags", "map"))
    if (
        type(name) is not str
        or kind not in KINDS
        or type(flags) is not int
        or flags not in range(3)
    ):
        raise NotABinary("no parameter")
    if seen is None:
        return Parameter(name, kind, None, flags)
    made = Map(
        seen["swizzle"], seen["element_bytes"], seen["element_type"], tuple(seen["block_shape"])
    )
    numbers = [made.swizzle, made.element_bytes, made.element_type, *made.block_shape]
    if not all(type(n) is int and 0 <= n < _NUMBER for n in numbers) or not 3 < len(numbers) < 9:
        raise NotABinary("no map of a tensor")
    return Parameter(name, kind, made, flags)
