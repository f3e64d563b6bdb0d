"""What travels between the grader and a worker, byte by byte.

A message is one frame::

    length of header (4 bytes, little-endian) | length of body (8 bytes) | header | body

The header is a JSON object; arrays and source texts in it are descriptions whose bytes
follow in the body, in order. Nothing is ever unpickled. The grader's side treats each byte
from a worker as hostile: lengths are checked against a cap before anything is allocated,
duplicate keys and NaN constants are refused, and whatever does not fit is a
``ProtocolError`` and no other exception.

Values
------
======================================  ===================================================
in the header                           stands for
======================================  ===================================================
``["array", dtype, shape]``             a C-contiguous array (bytes in the body)
``["strided", dtype, shape, layout]``   an array of any layout, grader to worker only
``["scalar", dtype]``                   a NumPy scalar (bytes in the body)
``["float", hex]``                      a Python float, as ``float.hex`` writes it
``["int", text]``, ``["bool", b]``      a Python int or bool
``["none"]``                            None
``["text", n]``                         n bytes of UTF-8 in the body, grader to worker only
``["tuple", [...]]``, ``["list", ..]``  of the above, worker to grader at most 8 deep
``["handle", kind, [..], value]``       something that stays with the grader, to be asked for
``["opaque", type, detail]``            an object that cannot travel, worker to grader only
======================================  ===================================================
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = [
    "DTYPES",
    "Handle",
    "Opaque",
    "Pipe",
    "ProtocolError",
    "TooLarge",
    "Unpacker",
    "pack",
    "receive",
    "send",
]

_PREFIX = struct.Struct("<IQ")
_HEADER_CAP = 1 << 20
_DEPTH_CAP = 8
_ITEM_CAP = 10_000
_READ_AHEAD = 1 << 14
_INT_DIGITS = 40
_DIMENSIONS_CAP = 16
_EXTENT_CAP = 1 << 40

DTYPES = {
    np.dtype(name).str: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "longdouble", "complex64", "complex128"),
    )
}
"""The array types that travel, by ``dtype.str``."""


class ProtocolError(Exception):
    """The bytes from the other side are not a message."""


class TooLarge(ProtocolError):
    """A message announces more bytes than it may have."""


class Pipe:
    """A byte stream in both directions.

    Either end gives it two system calls; what is small is read ahead, because one call
    costs as much as a small message.
    """

    def __init__(self) -> None:
        self._ahead = memoryview(bytearray(_READ_AHEAD))
        self._from = self._to = 0

    def read_some(self, buffer: memoryview) -> int:
        """Read at least one byte; 0 at the end of the stream."""
        raise NotImplementedError

    def write_some(self, buffers: list[memoryview]) -> int:
        """Write at least one byte and tell how many."""
        raise NotImplementedError

    def read_into(self, buffer: memoryview) -> None:
        """Fill the buffer; ``EOFError`` when the stream ends before."""
        while buffer:
            if self._from == self._to and len(buffer) >= _READ_AHEAD:
                count = self._some(buffer)
            else:
                if self._from == self._to:
                    self._from, self._to = 0, self._some(self._ahead)
                count = min(len(buffer), self._to - self._from)
                buffer[:count] = self._ahead[self._from : self._from + count]
                self._from += count
            buffer = buffer[count:]

    def _some(self, buffer: memoryview) -> int:
        count = self.read_some(buffer)
        if not count:
            raise EOFError
        return count

    def write(self, buffers: list[memoryview]) -> None:
        """Write all of the buffers."""
        while buffers:
            sent = self.write_some(buffers)
            while buffers and sent >= len(buffers[0]):
                sent -= len(buffers.pop(0))
            if sent:
                buffers[0] = buffers[0][sent:]


@dataclass(frozen=True)
class Opaque:
    """A returned object that is no number and no array.

    Attributes
    ----------
    type_name
        The name of its type as the worker tells it: text that a student controls.
    detail
        What stood in the way, for an array of the exact type (its dtype or its size).
    """

    type_name: str
    detail: str = ""


@dataclass(frozen=True)
class Handle:
    """An argument that stays with the grader, for the worker to ask about.

    Attributes
    ----------
    kind
        What the worker is to make of it.
    numbers
        Which one it is.
    value
        What it begins with.
    """

    kind: str
    numbers: tuple[int, ...]
    value: Any = None


# ------------------------------------------------------------------ values to bytes


def pack(value: Any, body: list[memoryview], size_cap: int | None = None) -> Any:
    """Describe ``value`` for a header and append its bytes to ``body``.

    Only objects of exactly these types travel: ``numpy.ndarray`` and NumPy scalars of the
    types in ``DTYPES``, ``float``, ``int``, ``bool``, ``None``, ``tuple`` and ``list``.
    Anything else becomes ``Opaque``: no method of an unknown object is ever called.

    Parameters
    ----------
    size_cap
        Bytes that all arrays together may have; a larger one becomes ``Opaque``. ``None``
        (the grader's side) also lets ``str``, ``Handle`` and arrays of any layout through.
    """
    room = [size_cap if size_cap is not None else math.inf, _ITEM_CAP]
    return _pack(value, body, room, 0, trusted=size_cap is None)


def _pack(value: Any, body: list[memoryview], room: list[float], depth: int, trusted: bool) -> Any:
    kind = type(value)
    if kind is np.ndarray:
        return _pack_array(value, body, room, trusted)
    if kind is float:
        return ["float", value.hex()]
    if kind is bool:
        return ["bool", value]
    if kind is int:
        if value.bit_length() > 100:
            return ["opaque", "int", "of more than 100 bits"]
        return ["int", str(value)]
    if value is None:
        return ["none"]
    if issubclass(kind, tuple):  # a named one is a tuple, whatever its methods say
        value, kind = tuple(tuple.__iter__(value)), tuple
    if kind is tuple or kind is list:
        room[1] -= len(value)
        if depth >= _DEPTH_CAP or room[1] < 0:
            return ["opaque", kind.__name__, "that is too large or too deep"]
        return [kind.__name__, [_pack(v, body, room, depth + 1, trusted) for v in value]]
    if id(kind) in _SCALARS:
        body.append(memoryview(value.tobytes()))
        return ["scalar", value.dtype.str]
    if trusted and kind is Handle:
        begins = _pack(value.value, body, room, depth + 1, trusted)
        return ["handle", value.kind, list(value.numbers), begins]
    if trusted and kind is str:
        data = value.encode()
        body.append(memoryview(data))
        return ["text", len(data)]
    # type.__name__ reads the real name whatever the class or its metaclass defines.
    return ["opaque", type.__dict__["__name__"].__get__(kind)[:100], ""]


# By identity: to look a type up is to call its metaclass, which may be of the student's making.
_SCALARS = frozenset(id(dtype.type) for dtype in DTYPES.values())


def _pack_array(
    value: np.ndarray[Any, Any], body: list[memoryview], room: list[float], trusted: bool
) -> Any:
    native = value.dtype if value.dtype.isnative else value.dtype.newbyteorder("=")
    if DTYPES.get(native.str) != native:
        return ["opaque", "ndarray", f"of dtype {value.dtype.kind}"]
    if value.ndim > _DIMENSIONS_CAP:
        return ["opaque", "ndarray", "of too many dimensions"]
    # Of the whole array, which broadcasting may make larger than any memory. One dimension of 0
    # makes nothing of the others, however large they are: NumPy stumbles over them later.
    if max(value.nbytes, _extent(value.shape) * value.itemsize) > room[0]:
        return ["opaque", "ndarray", "that is far too large"]
    value = value.astype(native, copy=False)
    room[0] -= value.nbytes
    dtype, shape = value.dtype.str, list(value.shape)
    plain = value.flags.c_contiguous and value.flags.writeable
    if trusted and not plain:
        layout, data = _memory_of(value)
        body.append(data.data)
        return ["strided", dtype, shape, layout]
    body.append(np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)
    return ["array", dtype, shape]


def _extent(shape: Sequence[int]) -> int:
    """How many items an array has, dimensions of 0 not counted."""
    return math.prod(n or 1 for n in shape)


def _memory_of(value: np.ndarray[Any, Any]) -> tuple[dict[str, Any], np.ndarray[Any, Any]]:
    """An array's layout, and memory that has its values there and zeros in the gaps.

    The gaps of the original may hold anything of the grader's and must not travel.
    """
    steps = [(n - 1) * s for n, s in zip(value.shape, value.strides, strict=True)] or [0]
    offset = -sum(s for s in steps if s < 0) if value.size else 0
    extent = offset + sum(s for s in steps if s > 0) + value.itemsize if value.size else 0
    data = np.zeros(extent, np.uint8)
    np.ndarray(value.shape, value.dtype, data.data, offset, value.strides)[...] = value
    layout = {
        "extent": extent,
        "offset": offset,
        "strides": list(value.strides),
        "writeable": bool(value.flags.writeable),
    }
    return layout, data


# ------------------------------------------------------------------ bytes to values


class Unpacker:
    """Values out of one received header and its body.

    Parameters
    ----------
    body
        The frame's body, read as ``uint8``. Arrays are views into it.
    handle
        Makes the worker's object for a handle, of its kind and numbers; ``None`` on the
        grader's side, where none may arrive.
    """

    def __init__(
        self, body: np.ndarray[Any, Any], handle: Callable[..., Any] | None = None
    ) -> None:
        self._body = body
        self._at = 0
        self._handle = handle

    def value(self, described: Any, depth: int = 0) -> Any:
        """The value that ``pack`` described; ``ProtocolError`` when it is none."""
        try:
            return self._value(described, depth)
        except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise ProtocolError(f"not a value: {type(error).__name__}") from None

    def done(self) -> None:
        if self._at != len(self._body):
            raise ProtocolError("the body is longer than its values")

    def _take(self, size: int) -> np.ndarray[Any, Any]:
        if not 0 <= size <= len(self._body) - self._at:
            raise ProtocolError("the body is shorter than its values")
        taken = self._body[self._at : self._at + size]
        self._at += size
        return taken

    def _value(self, described: Any, depth: int) -> Any:
        if depth > _DEPTH_CAP + 1:
            raise ProtocolError("a value is too deep")
        tag, *rest = described
        if tag in ("tuple", "list"):
            (items,) = rest
            if type(items) is not list:
                raise ProtocolError("a tuple or list without items")
            values = [self._value(item, depth + 1) for item in items]
            return tuple(values) if tag == "tuple" else values
        if tag == "array":
            return self._array(*rest)
        if tag == "scalar":
            dtype = DTYPES[rest[0]]
            return self._take(dtype.itemsize).copy().view(dtype)[0]
        if tag == "float":
            return float.fromhex(rest[0])
        if tag == "int":
            if len(rest[0]) > _INT_DIGITS:
                raise ProtocolError("an int is too long")
            return int(rest[0])
        if tag == "bool" and type(rest[0]) is bool:
            return rest[0]
        if tag == "none":
            return None
        if tag == "opaque":
            name, detail = rest
            return Opaque(str(name)[:100], str(detail)[:200])
        if self._handle is not None:
            if tag == "handle":
                kind, numbers, begins = rest
                return self._handle(kind, numbers, self._value(begins, depth + 1))
            if tag == "text":
                return self._take(rest[0]).tobytes().decode()
            if tag == "strided":
                return self._strided(*rest)
        raise ProtocolError("a value of an unknown kind")

    def _array(self, dtype: str, shape: list[int]) -> np.ndarray[Any, Any]:
        kind = DTYPES[dtype]
        if len(shape) > _DIMENSIONS_CAP or any(type(n) is not int or n < 0 for n in shape):
            raise ProtocolError("an array of an impossible shape")
        if _extent(shape) > _EXTENT_CAP:
            raise ProtocolError("an array of an impossible size")
        data = self._take(math.prod(shape) * kind.itemsize)
        if data.ctypes.data % kind.alignment:
            data = data.copy()
        return data.view(kind).reshape(shape)

    def _strided(
        self, dtype: str, shape: list[int], layout: dict[str, Any]
    ) -> np.ndarray[Any, Any]:
        memory = self._take(layout["extent"]).copy()
        array: np.ndarray[Any, Any] = np.ndarray(
            tuple(shape), DTYPES[dtype], memory.data, layout["offset"], tuple(layout["strides"])
        )
        array.flags.writeable = layout["writeable"]
        return array


# ------------------------------------------------------------------ frames


def send(pipe: Pipe, header: dict[str, Any], body: list[memoryview]) -> None:
    """Write one frame."""
    text = _ENCODER.encode(header).encode()
    size = sum(part.nbytes for part in body)
    buffers = [memoryview(_PREFIX.pack(len(text), size) + text)]
    pipe.write(buffers + [part.cast("B") for part in body if part.nbytes])


def receive(pipe: Pipe, size_cap: int) -> tuple[dict[str, Any], np.ndarray[Any, Any]]:
    """Read one frame: its header, and its body as ``uint8``.

    Raises
    ------
    ProtocolError
        When it is not a frame; ``TooLarge`` when its body exceeds ``size_cap`` bytes.
    EOFError, TimeoutError
        When the pipe ends or takes too long.
    """
    prefix = bytearray(_PREFIX.size)
    pipe.read_into(memoryview(prefix))
    header_size, body_size = _PREFIX.unpack(prefix)
    if header_size > _HEADER_CAP or body_size > size_cap:
        raise TooLarge(f"a message of {header_size} + {body_size} bytes")
    text = bytearray(header_size)
    pipe.read_into(memoryview(text))
    try:
        header = _DECODER.decode(text.decode())
    except (ValueError, RecursionError):
        raise ProtocolError("a header that is not JSON") from None
    if type(header) is not dict:
        raise ProtocolError("a header that is not an object")
    body = np.empty(body_size, np.uint8)
    if body_size:
        pipe.read_into(body.data)
    return header, body


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate keys")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


# Made once: the functions of json make new ones for each message.
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_DECODER = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
