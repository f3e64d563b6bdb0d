"""What is kept of a question is what it was, and what counts as the same answer."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.calls import Record, Refusal
from autograder.expect import Failed, Raised, Verdict
from autograder.likeness import alike, in_words, near, same
from autograder.streams import Stream

ROW = np.arange(24.0).reshape(4, 6)
EXACT = [(0.0, 0.0)]
CLOSE = [(1e-6, 0.0)]


def ask(*args, answer=1.0):
    """What a record keeps of one call."""
    record = Record()
    record.begin("t")
    with record.asking("f", "each", [(args, {})]) as answers:
        answers.append(answer(*args) if callable(answer) else answer)
    return record.stages["t"]


def given(stage):
    ((args, _),) = stage.answers[0].asked.arguments()
    return args


# ------------------------------------------------------------------ questions


@pytest.mark.parametrize(
    "array",
    [ROW, ROW[::2, 1::3], ROW[::-1], ROW.T, np.asfortranarray(ROW), ROW[:, :2], ROW[0, 0]],
)
def test_a_copy_lies_in_memory_as_the_array_did(array):
    array = np.asarray(array)
    array = array.view()
    array.flags.writeable = False
    (copy,) = given(ask(array))
    assert np.array_equal(copy, array)
    assert not np.shares_memory(copy, array)
    assert (copy.strides, copy.flags.writeable) == (array.strides, False)


def test_what_a_test_does_to_its_array_afterwards_is_another_question():
    x = np.zeros(3)
    before = ask(x)
    x += 1
    after = ask(x)
    assert given(before)[0].tolist() == [0, 0, 0]
    assert before.answers[0].asked.key != after.answers[0].asked.key


def test_the_same_question_has_the_same_key_and_no_other():
    x = np.arange(4.0)
    questions = [x, x.astype(np.float32), x.reshape(2, 2), x[::-1].copy(), x.tolist(), 0, 0.0, None]
    keys = [ask(q).answers[0].asked.key for q in (*questions, Stream.of_numbers(x))]
    assert len(set(keys)) == len(keys)
    assert keys[0] == ask(np.arange(4.0)).answers[0].asked.key


def test_a_wider_question_keeps_the_layout_and_what_is_no_float():
    x = np.zeros((3, 8), np.float16)[:, :5]
    (asked,) = (answered.asked for answered in ask(x, np.arange(3), 2.0).answers)
    wide = asked.widened(np.dtype(np.float32))
    ((args, _),) = wide.arguments()
    assert (args[0].dtype, args[0].strides) == (np.float32, (32, 4))
    assert (args[1].dtype, args[2]) == (np.arange(3).dtype, 2.0)
    assert wide.widened(np.dtype(np.float32)) is None


def test_a_stream_is_kept_whole_wherever_its_reader_stopped():
    numbers = np.arange(30_000.0)
    stream = Stream.of_numbers(iter(numbers))
    stage = ask(stream, answer=lambda s: s.next_chunk()[0][0])
    assert stream.count == 8192
    for again in (given(stage)[0], given(stage)[0], stream):
        pieces = []
        while not pieces or not pieces[-1][1]:
            pieces.append(again.next_chunk())
        read = np.concatenate([piece for piece, _ in pieces])
        assert np.array_equal(read, numbers[-len(read) :])
        assert again.count == 30_000


def test_a_block_that_is_made_in_the_memory_of_the_last_one_is_kept():
    def blocks():
        block = np.zeros(1 << 15)
        for n in range(3):
            block[:] = n
            yield (block,)

    stage = ask(Stream.of_blocks(blocks()), answer=lambda s: [s.next_chunk() for _ in range(3)])
    again = given(stage)[0]
    assert [again.next_chunk()[0][0][0][0] for _ in range(3)] == [0, 1, 2]


def test_a_stream_too_long_to_keep_is_left_out_even_if_it_never_ends():
    def forever():
        while True:
            yield 1.0

    stage = ask(Stream.of_numbers(forever()), answer=lambda s: s.next_chunk()[0][0])
    assert (stage.answers, stage.whole) == ([], False)


def test_a_record_has_its_bounds_and_what_is_small_goes_on_beside_them():
    record = Record()
    large = np.zeros(5 << 20)
    for n in range(4):
        record.begin(f"{n}")
        with record.asking("f", "each", [((1.0,), {})]) as answers:
            answers.append(large if n < 3 else 1.0)
    kept = [(len(stage.answers), stage.whole) for stage in record.stages.values()]
    assert kept == [(1, True), (0, False), (0, False), (1, True)]


def test_why_there_was_no_answer_is_kept():
    record = Record()
    record.begin("t")
    with pytest.raises(Verdict), record.asking("f", "each", [((), {})]):
        raise Raised("The code raised a KeyError.", bases=frozenset({"KeyError", "Exception"}))
    (answered,) = record.stages["t"].answers
    assert answered.outcome == Refusal(
        "error", "The code raised a KeyError.", frozenset({"KeyError", "Exception"})
    )


# ------------------------------------------------------------------ answers


def raised(*bases: str) -> Refusal:
    return Refusal.of(Raised("said", bases=frozenset({*bases, "Exception"})))


@pytest.mark.parametrize(
    ("got", "other", "are"),
    [
        ([1.0], [np.float32(1)], True),
        ([np.ones(2)], [np.ones(2, np.float32)], False),
        ([np.ones(2)], [np.ones((1, 2))], False),
        ([np.array(1.0)], [1.0], True),
        ([(1.0, 2.0)], [[1.0, 2.0 + 1e-9]], True),
        ([(1.0, 2.0)], [(1.0, 2.1)], False),
        ([np.array([np.nan, 1])], [np.array([np.nan, 1])], True),
        ([np.array([np.nan, 1])], [np.array([np.inf, 1])], False),
        (["finite"], ["finite"], True),
        (["finite"], ["nan"], False),
        ([1.0], raised("ValueError"), False),
        (raised("ValueError"), raised("KeyError"), True),
        (raised("ValueError"), Refusal("timeout", ""), False),
        (Refusal("timeout", "a"), Refusal("timeout", "b"), True),
        (Refusal.of(Failed("a list")), Refusal.of(Failed("a dict")), False),
    ],
)
def test_the_same(got, other, are):
    assert same(got, other, [1.0], CLOSE) is are


def test_where_an_exception_is_asked_for_it_matters_whether_it_is_the_one():
    asked = raised("ValueError")
    assert not same(raised("KeyError"), raised("ValueError"), asked, EXACT)
    assert same(raised("KeyError"), raised("TypeError"), asked, EXACT)


def test_what_should_be_a_number_and_is_none_is_alike():
    nan, inf, number = (np.array([1, v]) for v in (np.nan, np.inf, 2.0))
    assert alike([nan], ([inf], [inf]), [number], EXACT)
    assert not alike([nan], ([inf], [inf]), [inf], EXACT)
    assert alike(raised("ArithmeticError"), ([nan], [nan]), [number], EXACT)
    assert alike([nan], (raised("ValueError"),) * 2, [number], EXACT)
    assert not alike(raised("KeyError"), ([nan], [nan]), [number], EXACT)
    assert not alike(raised("ArithmeticError"), ([nan], [nan]), [nan], EXACT)


def test_an_answer_may_be_near_the_wider_one_in_the_type_of_the_other():
    own, wide = np.array([1.25], np.float16), np.array([1.2503])
    assert alike([np.array([1.2503], np.float16)], ([own], [wide]), [own], [(1e-3, 0.0)])
    assert not alike([wide], ([own], [wide]), [own], [(1e-3, 0.0)])


def test_exceptions_of_two_types_are_not_near_each_other():
    assert near(raised("KeyError"), raised("KeyError"), EXACT)
    assert not near(raised("KeyError"), raised("ValueError"), EXACT)


@pytest.mark.parametrize(
    ("other", "are"),
    [
        ("read 3.00 times, for 1 row of 20,000", True),
        ("read 3.05 times, for 1 row of 20,000", True),
        ("read 2.00 times, for 1 row of 20,000", False),
        ("read 3.00 times, for 1 row of 50,000", False),
        ("written 3.00 times, for 1 row of 20,000", False),
        ("read 3.00 times (f.py, line 3: `x (4) = 2`), for 1 row of 20,000", True),
    ],
)
def test_in_words(other, are):
    assert in_words("read 3.00 times, for 1 row of 20,000", other) is are
