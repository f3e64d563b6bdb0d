"""The wire: what travels arrives as it was, and nothing else is more than a ProtocolError."""

from __future__ import annotations

import contextlib
import json
import math
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox import wire
from tests.fuzz.worker_that_lies import CONVERSATIONS, believe, frame


class BytesPipe(wire.Pipe):
    """A pipe that gives what was written to it."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__()
        self.data = data

    def write_some(self, buffers: list[memoryview]) -> int:
        self.data += bytes(buffers[0])
        return len(buffers[0])

    def read_some(self, buffer: memoryview) -> int:
        part = self.data[: len(buffer)]
        self.data = self.data[len(part) :]
        buffer[: len(part)] = part
        return len(part)


def travel(value: object, size_cap: int | None = 1 << 20, to_worker: bool = False) -> object:
    body: list[memoryview] = []
    header = {"value": wire.pack(value, body, None if to_worker else size_cap)}
    pipe = BytesPipe()
    wire.send(pipe, header, body)
    got, data = wire.receive(pipe, 1 << 24)
    read = wire.Unpacker(data, (lambda kind, n: (kind, n)) if to_worker else None)
    result = read.value(got["value"])
    read.done()
    return result


@pytest.mark.parametrize("value", [0.1, -0.0, math.inf, math.nan, 5, -(2**63), True, None, 5e-324])
def test_plain_values_travel(value):
    got = travel(value)
    assert type(got) is type(value)
    assert repr(got) == repr(value)


@pytest.mark.parametrize("dtype", wire.DTYPES.values(), ids=str)
def test_arrays_and_scalars_of_each_type_travel(dtype):
    array = np.arange(6).reshape(2, 3).astype(dtype)
    for value in (array, array[:0], array[0, 0], np.asarray(array[1, 2])):
        got = travel(value)
        assert type(got) is type(value)
        assert got.dtype == dtype
        assert np.array_equal(got, value)


def test_nested_values_travel():
    value = (1.0, [np.float32(2), (3, None)], np.ones(3, np.float16))
    got = travel(value)
    assert isinstance(got, tuple)
    assert got[1] == [np.float32(2), (3, None)]
    assert np.array_equal(got[2], value[2])


@pytest.mark.parametrize(
    "make",
    [
        lambda a: a.T,
        lambda a: a[:, ::-2],
        lambda a: a[1:, 1:],
        lambda a: np.asfortranarray(a),
        lambda a: np.broadcast_to(a[0], (4, 5)),
        lambda a: a[:0],
        lambda a: a[:, ::-1][::-1],
    ],
)
def test_layouts_arrive_as_they_were(make):
    array = make(np.arange(20.0, dtype=np.float32).reshape(4, 5))
    got = travel(array, to_worker=True)
    assert np.array_equal(got, array)
    assert got.strides == array.strides
    assert got.flags.f_contiguous == array.flags.f_contiguous


def test_a_read_only_array_arrives_read_only():
    array = np.ones(3)
    array.flags.writeable = False
    assert not travel(array, to_worker=True).flags.writeable


def test_gaps_of_a_view_carry_nothing_of_their_base():
    base = np.full(20, 7.5)
    body: list[memoryview] = []
    wire.pack(base[::2], body)
    sent = np.frombuffer(body[0], np.float64)
    assert set(sent[1::2]) == {0.0}


class Equal(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class Sub(np.ndarray):
    pass


@pytest.mark.parametrize(
    "value",
    [
        Equal(1.0),
        np.ones(3).view(Sub),
        np.ma.ones(3),
        {"a": 1},
        "text",
        b"bytes",
        (x for x in range(3)),
        object(),
        np.array([None]),
        np.array(["a"]),
        np.zeros(2, [("a", "f4")]),
        np.broadcast_to(np.float64(1), (1 << 40,)),
        np.empty((0, 1 << 55)),
        np.ones(1 << 18),
        1 << 200,
        np.datetime64("2026-01-01"),
    ],
    ids=lambda v: type(v).__name__,
)
def test_anything_else_from_a_worker_is_opaque(value):
    assert isinstance(travel(value), wire.Opaque)


@pytest.mark.parametrize("shape", [[0, 1 << 50], [1 << 30, 0, 1 << 20]])
def test_no_shape_is_beyond_what_numpy_can_handle(shape):
    """Of no bytes at all, so that no cap on bytes would see it."""
    read = wire.Unpacker(np.empty(0, np.uint8))
    with pytest.raises(wire.ProtocolError):
        read.value(["array", "<f8", shape])


def test_lists_too_long_or_too_deep_are_opaque():
    assert isinstance(travel([0.0] * 20_000), wire.Opaque)
    deep: object = 1.0
    for _ in range(50):
        deep = [deep]
    got = travel(deep)
    while isinstance(got, list):
        (got,) = got
    assert isinstance(got, wire.Opaque)


def frame_of(header: bytes, body: bytes = b"", size: int | None = None) -> bytes:
    return struct.pack("<IQ", len(header), len(body) if size is None else size) + header + body


@pytest.mark.parametrize(
    "data",
    [
        frame_of(b"{"),
        frame_of(b"[]"),
        frame_of(b'{"a":1,"a":2}'),
        frame_of(b'{"a":NaN}'),
        frame_of(b"\xff\xfe"),
        frame_of(b"[" * 100_000),
        frame_of(b"{}", size=1 << 60),
        struct.pack("<IQ", 1 << 31, 0),
    ],
    ids=["cut", "list", "twice", "nan", "bytes", "deep", "body", "header"],
)
def test_what_is_no_frame_is_a_protocol_error(data):
    with pytest.raises(wire.ProtocolError):
        wire.receive(BytesPipe(data), 1 << 20)


def test_a_cut_frame_is_an_end_of_file():
    with pytest.raises(EOFError):
        wire.receive(BytesPipe(frame_of(b"{}", b"1234")[:-1]), 1 << 20)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)
tags = st.sampled_from(
    [
        "array",
        "strided",
        "scalar",
        "float",
        "int",
        "bool",
        "none",
        "text",
        "tuple",
        "list",
        "handle",
        "opaque",
    ]
)
near_values = st.recursive(
    st.tuples(tags, json_values).map(list) | st.tuples(tags, json_values, json_values).map(list),
    lambda inner: st.tuples(st.sampled_from(["tuple", "list"]), st.lists(inner, max_size=4)).map(
        list
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(near_values | json_values, st.binary(max_size=64))
def test_no_description_does_more_than_a_protocol_error(described, body):
    read = wire.Unpacker(np.frombuffer(body, np.uint8))
    try:
        read.value(json.loads(json.dumps(described)))
        read.done()
    except wire.ProtocolError:
        pass


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_a_protocol_error(data):
    try:
        wire.receive(BytesPipe(data), 1 << 10)
    except (wire.ProtocolError, EOFError):
        pass


@settings(max_examples=600, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, CONVERSATIONS - 1), st.booleans())
def test_a_worker_that_lies_is_believed_nothing(chance, kind, raw):
    """The short version of ``python -m tests.fuzz``."""

    def pick(n: int) -> int:
        return chance.randrange(n)

    if raw:
        said = bytes(pick(256) for _ in range(pick(200)))
    else:
        said = b"".join(frame(pick) for _ in range(1 + pick(3)))
    believe(said, kind)


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        (3, {"op": "answers", "values": [["tuple", [["int", "9" * 14], ["none"]]]]}),
        (
            5,
            {
                "op": "archive",
                "names": ["int", "9" * 14],
                "regular": ["int", "9" * 14],
                "left_out": 0,
            },
        ),
        (7, {"op": "cells", "value": ["list", [["int", "9" * 14]]]}),
    ],
    ids=["sheet", "archive", "notebook"],
)
def test_a_number_where_text_should_be_is_no_text(kind, header):
    """``bytes`` of it would be as many zeros."""
    believe(frame_of(json.dumps(header).encode()), kind)


@pytest.mark.parametrize(
    "described",
    [
        ["float", "0x1p99999"],
        ["float", 1.5],
        ["int", "x"],
        ["int", 5],
        ["array", "<f8", [1 << 70]],
        ["array", "<f8", [True]],
        ["array", "|O", [1]],
        ["scalar", "|O"],
        ["scalar"],
        ["bool", 1],
        ["list", {}],
        ["opaque"],
        ["text", 1],
        ["handle", "stream", [0], ["none"]],
        [],
        None,
        {},
    ],
    ids=str,
)
def test_what_is_no_value_is_a_protocol_error(described):
    read = wire.Unpacker(np.zeros(8, np.uint8))
    with pytest.raises(wire.ProtocolError):
        read.value(described)


@pytest.mark.parametrize("lengths", [(1 << 32) - 1, 1 << 20, 100], ids=str)
@pytest.mark.parametrize("cap", [0, 1 << 10, 1 << 20])
def test_nothing_is_allocated_beyond_the_cap(lengths, cap):
    """Whatever a frame announces, and although its bytes never come."""
    tracemalloc.start()
    try:
        for header, body in ((2, 1 << 60), (2, lengths), (lengths, 0), (lengths, lengths)):
            with contextlib.suppress(wire.ProtocolError, EOFError):
                wire.receive(BytesPipe(struct.pack("<IQ", header, body) + b"{}"), cap)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < (1 << 20) + cap + (1 << 18)


@pytest.mark.parametrize("unit", [b"[],", b"{},", b'{"a":0},', b"1e9,", b'"",', b"[[0]],"])
def test_a_header_takes_no_more_memory_than_a_few_dozen_times_its_length(unit):
    text = b'{"values":[' + unit * ((1 << 20) // len(unit) - 10) + b"0]}"
    tracemalloc.start()
    try:
        header, _ = wire.receive(BytesPipe(frame_of(text)), 0)
        with pytest.raises(wire.ProtocolError):
            wire.Unpacker(np.empty(0, np.uint8)).value(["list", header["values"]])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20
