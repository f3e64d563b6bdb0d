"""Triton's interpreter, watched: every address is checked before it is used, and bytes counted.

What is counted: the bytes of the active lanes of each load and store, by the storage that they lie
in. Lanes of one instruction that have the same address count once, as a card reads it once for
all of them; what two instructions touch counts twice. An atomic operation is a read and a write
in each active lane, because a card does each of them.

What is replaced in the interpreter, for the whole process, which does nothing else:

- ``_patch_lang`` has run once, for both modules that it knows, and need not for each launch and
  each call of a function that has ``@triton.jit``;
- ``InterpretedFunction.__call__`` only calls: no patching, no exception within an exception;
- ``InterpreterBuilder.create_masked_load``, ``create_masked_store``, ``create_atomic_cas`` and
  ``create_atomic_rmw`` check and count; all others that touch memory come down to these;
- ``_get_np_dtype`` remembers its answers, for which it made a table each time;
- ``triton.runtime.jit.mangle_type`` would import PyTorch, and need not;
- ``range`` yields numbers that have ``to``, for on a card the index of a loop is a tensor;
- ``tensor.__index__`` is as in 3.7, because that of 3.6 fails with NumPy 2.4.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import triton
import triton.language as tl
import triton.runtime.jit
from triton._utils import canonicalize_dtype
from triton.runtime import interpreter

__all__ = ["InterpreterUnsupported", "Meter", "Outside", "Region", "metered", "prepare"]

Addresses: TypeAlias = npt.NDArray[np.uint64]

_FAR = 1 << 20  # elements
_DENSE = 8  # times as many places as lanes


class InterpreterUnsupported(Exception):
    """The interpreter of Triton's release here is not one that can be watched."""


class Outside(Exception):
    """An address that lies in no argument's storage.

    Attributes
    ----------
    text
        What is done there, and where it is: "reads outside x: ...".
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class Region:
    """The addresses of a storage that a launch was given.

    Attributes
    ----------
    name
        Of the kernel's parameter.
    """

    name: str
    storage: int
    begin: int
    end: int


class Meter:
    """What a launch may touch, and how much of it was.

    Parameters
    ----------
    regions
        Apart from one another.
    read, written
        Bytes by storage, to be added to.
    """

    def __init__(self, regions: Sequence[Region], read: list[int], written: list[int]) -> None:
        self._regions = sorted(regions, key=lambda region: region.begin)
        self._begins = [region.begin for region in self._regions]
        self._tallies = {"reads": read, "writes": written}

    def touch(
        self, doing: str, addresses: Addresses, mask: Any, itemsize: int, each: bool = False
    ) -> None:
        """Check and count one instruction.

        Parameters
        ----------
        doing
            "reads" or "writes".
        mask
            Of the lanes that are active; None for all.
        each
            Whether lanes with one address count each by itself.

        Raises
        ------
        Outside
            Nothing has been counted then.
        """
        active = _active(addresses, mask)
        if not active.size:
            return
        rising = bool((active[1:] > active[:-1]).all())
        low, high = (active[0], active[-1]) if rising else (active.min(), active.max())
        low, high = int(low), int(high) + itemsize
        region = self._regions[bisect_right(self._begins, low) - 1] if self._regions else None
        if region is None or not region.begin <= low < high <= region.end:
            self._touch_several(doing, active, addresses.size, itemsize, each)
            return
        number = active.size if rising or each else _distinct(active, low, high, itemsize)
        self._tallies[doing][region.storage] += number * itemsize

    def _touch_several(
        self, doing: str, active: Addresses, lanes: int, itemsize: int, each: bool
    ) -> None:
        """Lanes that do not lie in one storage, together: in several, or in none."""
        inside = [
            (active >= region.begin) & (active <= region.end - itemsize) for region in self._regions
        ]
        outside = ~np.any(inside, axis=0) if inside else np.ones(active.shape, bool)
        if outside.any():
            raise Outside(self._where(doing, active[outside], lanes, itemsize))
        for region, lanes_in_it in zip(self._regions, inside, strict=True):
            own = active[lanes_in_it]
            number = own.size if each else np.unique(own).size
            self._tallies[doing][region.storage] += number * itemsize

    def _where(self, doing: str, outside: Addresses, lanes: int, itemsize: int) -> str:
        """Of the lowest and the highest of them, the one that is farther from what is near it."""
        if not self._regions:
            return f"{doing} memory, but was given no tensor"
        elements, after, name = max(
            min(_gap(int(address), itemsize, region) for region in self._regions)
            for address in (outside.min(), outside.max())
        )
        number = f"{elements:,}" if elements <= _FAR else "many"
        side = "past its end" if after else "before its beginning"
        some = "" if lanes == 1 else f", in {outside.size:,} of {lanes:,} lanes"
        return f"{doing} outside {name}: {number} element{'s'[: elements > 1]} {side}{some}"


def _gap(address: int, itemsize: int, region: Region) -> tuple[int, bool, str]:
    """Elements from a region to an address outside it, whether after it, and its name."""
    after = address >= region.begin
    gap = address + itemsize - region.end if after else region.begin - address
    return -(-gap // itemsize), after, region.name


def _active(addresses: Addresses, mask: Any) -> Addresses:
    if mask is None or mask.all():
        return addresses.reshape(-1)
    active: Addresses = addresses.reshape(-1)[mask.reshape(-1)]
    return active


def _distinct(active: Addresses, low: int, high: int, itemsize: int) -> int:
    """How many addresses there are: exactly, and without sorting where they lie close together."""
    if low + itemsize == high:
        return 1
    places = high - low
    if places > _DENSE * itemsize * active.size:
        return int(np.unique(active).size)
    seen = np.zeros(places, bool)
    seen[(active - np.uint64(low)).view(np.int64)] = True
    return int(np.count_nonzero(seen))


_meter = Meter([], [], [])


@contextmanager
def metered(meter: Meter) -> Iterator[None]:
    """Kernels that run meanwhile are checked and counted by this meter."""
    global _meter
    before, _meter = _meter, meter
    try:
        yield
    finally:
        _meter = before


# ------------------------------------------------------------------ the interpreter's parts


@functools.cache
def prepare() -> None:
    """Replace what the module's first lines tell, once.

    Raises
    ------
    InterpreterUnsupported
    """
    _replace(triton.runtime.jit, "mangle_type", lambda _: _mangle_type)
    _replace(interpreter, "_get_np_dtype", _remembering)
    builder = _part(interpreter, "InterpreterBuilder")
    _replace(builder, "create_masked_load", _counting_load)
    _replace(builder, "create_masked_store", _counting_store)
    _replace(builder, "create_atomic_cas", _counting_cas)
    _replace(builder, "create_atomic_rmw", _counting_rmw)
    _replace(_part(interpreter, "InterpretedFunction"), "__call__", lambda _: _call)
    modules = SimpleNamespace(__globals__={"tl": tl, "core": tl.core})
    _part(interpreter, "_patch_lang")(modules)
    for loop in ("range", "static_range"):
        _replace(tl, loop, lambda plain: lambda *ends, **kw: map(_Index, plain(*ends, **kw)))
    _replace(tl.tensor, "__index__", lambda _: lambda tensor: int(tensor.handle.data.item()))


class _Index(int):
    """The index of a loop."""

    def to(self, dtype: Any) -> Any:
        return tl.cast(int(self), dtype)


def _part(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError:
        raise InterpreterUnsupported(
            f"Triton {triton.__version__} has another interpreter: no {name}"
        ) from None


def _replace(owner: Any, name: str, made: Callable[[Any], Any]) -> None:
    setattr(owner, name, made(_part(owner, name)))


def _remembering(numpy_dtype: Callable[[Any], np.dtype[Any]]) -> Callable[[Any], np.dtype[Any]]:
    known: dict[str, np.dtype[Any]] = {}

    def remembered(dtype: Any) -> np.dtype[Any]:
        found = known.get(dtype.name)
        if found is None:
            found = known[dtype.name] = numpy_dtype(dtype)
        return found

    return remembered


def _mangle_type(value: Any) -> str:
    """What Triton calls an argument's type."""
    if isinstance(value, bool):
        return "u1"
    if isinstance(value, int):
        return "i32" if -(1 << 31) <= value < 1 << 31 else "i64" if value < 1 << 63 else "u64"
    return f"*{canonicalize_dtype(value.dtype)}"


def _call(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    return function.rewrite()(*args, **kwargs)


def _data(mask: Any) -> Any:
    """Of a handle, or of the array that block pointers and descriptors give in its place."""
    return mask if isinstance(mask, np.ndarray) else mask.data


def _pointee(pointers: Any) -> int:
    dtype: np.dtype[Any] = interpreter._get_np_dtype(pointers.get_element_ty())
    return dtype.itemsize


def _counting_load(load: Callable[..., Any]) -> Callable[..., Any]:
    def create_masked_load(builder: Any, ptrs: Any, mask: Any, *rest: Any, **named: Any) -> Any:
        _meter.touch("reads", ptrs.data, _data(mask), _pointee(ptrs))
        return load(builder, ptrs, mask, *rest, **named)

    return create_masked_load


def _counting_store(store: Callable[..., Any]) -> Callable[..., Any]:
    def create_masked_store(builder: Any, ptrs: Any, value: Any, mask: Any, *rest: Any) -> Any:
        _meter.touch("writes", ptrs.data, _data(mask), value.data.itemsize)  # what is copied
        return store(builder, ptrs, value, mask, *rest)

    return create_masked_store


def _counting_cas(cas: Callable[..., Any]) -> Callable[..., Any]:
    def create_atomic_cas(builder: Any, ptr: Any, cmp: Any, val: Any, *rest: Any) -> Any:
        itemsize = _pointee(ptr)
        if not cmp.data.itemsize == val.data.itemsize == itemsize:  # it would go by cmp's alone
            raise ValueError("atomic_cas compares and stores values of the pointer's type")
        for doing in ("reads", "writes"):
            _meter.touch(doing, ptr.data, None, itemsize, each=True)
        return cas(builder, ptr, cmp, val, *rest)

    return create_atomic_cas


def _counting_rmw(rmw: Callable[..., Any]) -> Callable[..., Any]:
    def create_atomic_rmw(builder: Any, op: Any, ptr: Any, val: Any, mask: Any, *rest: Any) -> Any:
        for doing in ("reads", "writes"):
            _meter.touch(doing, ptr.data, _data(mask), val.data.itemsize, each=True)
        return rmw(builder, op, ptr, val, mask, *rest)

    return create_atomic_rmw
