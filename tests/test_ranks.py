"""Ranks: confined processes that meet in the grader, whatever some of them do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.expect import Verdict
from autograder.process import Clock, Work
from autograder.sandbox.client import ForkServer
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import Source, StudentCode
from autograder.student import Student
from tests.conftest import exercise


@pytest.fixture
def ranks(fork_server: ForkServer) -> Iterator[Callable[..., Student]]:
    """A student whose only function is ``f(x, comm)``."""
    made: list[Student] = []

    def make(body: str, before: str = "", seconds: float = 5.0) -> Student:
        text = f"import numpy as np\n{before}\ndef f(x, comm):\n"
        text += "".join(f"    {line}\n" for line in body.splitlines())
        code = StudentCode([Source("exercises/f.py", text)], {"f": 0})
        limits = Limits(64 << 20, 10)
        student = Student(
            Work(
                "f",
                "exercises/f.py",
                {"f": "array or number"},
                {},
                code,
                fork_server,
                Clock(seconds),
                limits,
            )
        )
        student.begin_test()
        made.append(student)
        return student

    yield make
    for student in made:
        student.close()


def verdict(student: Student, size: int = 3) -> Verdict:
    with pytest.raises(Verdict) as caught:
        student.f.on_ranks([np.full(2, float(rank)) for rank in range(size)])
    return caught.value


@pytest.mark.parametrize("size", [1, 2, 8])
def test_each_rank_gets_what_all_sent(ranks, size):
    student = ranks("return comm.all_reduce(x.sum(), 'sum') + comm.all_reduce(x[0], 'max')")
    meeting = student.f.on_ranks([np.full(2, float(rank)) for rank in range(size)])
    expected = sum(2.0 * rank for rank in range(size)) + size - 1
    assert [float(answer) for answer in meeting.answers] == [expected] * size
    assert meeting.reduces == [1, 1]


def test_a_rank_knows_itself_and_is_a_process_of_its_own(ranks):
    student = ranks("mine[0] += 1\nreturn np.array([comm.rank, comm.size, mine[0]])", "mine = [0]")
    for calls in (1, 2):  # the same processes take the next call
        answers = student.f.on_ranks([np.zeros(1)] * 3).answers
        assert [a.tolist() for a in answers] == [[rank, 3, calls] for rank in range(3)]


def test_arrays_keep_shape_and_type_and_their_numbers_are_counted(ranks):
    student = ranks(
        "y = comm.all_reduce(np.ones((2, 3), np.float32) * comm.rank, 'max')\n"
        "assert y.dtype == np.float32\n"
        "z = comm.all_reduce(np.arange(4), 'sum')\n"
        "assert z.dtype == int\n"
        "assert comm.all_reduce(np.ones(1, np.int8), 'sum').dtype == np.int8\n"
        "assert type(comm.all_reduce(np.float32(1), 'sum')) is float\n"
        "assert type(comm.all_reduce(np.array(1), 'sum')) is float\n"
        "return y + z[3]"
    )
    meeting = student.f.on_ranks([np.zeros(1)] * 2)
    assert meeting.answers[0].tolist() == [[7.0] * 3] * 2
    assert meeting.reduces == [6, 4, 1, 1, 1]


def test_a_nan_reaches_every_rank(ranks):
    student = ranks("return comm.all_reduce(float('nan') if comm.rank else 1.0, 'max')")
    assert all(np.isnan(a) for a in student.f.on_ranks([np.zeros(1)] * 3).answers)


def test_shards_come_back_as_the_call_left_them(ranks):
    student = ranks("x += comm.rank\nreturn x")
    meeting = student.f.on_ranks([np.zeros(2)] * 2)
    assert [shard.tolist() for shard in meeting.shards] == [[0, 0], [1, 1]]


WRONG = {
    "one returns early": (
        "return x if comm.rank == 1 else comm.all_reduce(1.0, 'sum')",
        "failed",
        "Rank 1 of 3 had its answer while rank 0 still waited",
    ),
    "one calls once more": (
        "comm.all_reduce(1.0, 'sum')\nreturn comm.all_reduce(1.0, 'sum') if comm.rank else x",
        "failed",
        "Rank 0 of 3 had its answer while rank 1 still waited",
    ),
    "another operation": (
        "return comm.all_reduce(1.0, 'max' if comm.rank else 'sum')",
        "failed",
        "rank 0 asked for 'sum' where rank 1 asked for 'max'",
    ),
    "a number and an array": (
        "return comm.all_reduce(np.zeros(2) if comm.rank == 2 else 1.0, 'sum')",
        "failed",
        "rank 0 sent a number where rank 2 sent an array",
    ),
    "arrays of other lengths": (
        "return comm.all_reduce(np.zeros(2 + comm.rank), 'sum')",
        "failed",
        "the arrays of rank 0 and rank 1 differ in shape or type",
    ),
    "arrays of other shapes": (
        "return comm.all_reduce(np.zeros((2, 3) if comm.rank else (3, 2)), 'sum')",
        "failed",
        "the arrays of rank 0 and rank 1 differ in shape or type",
    ),
    "arrays of other types": (
        "return comm.all_reduce(np.zeros(2, np.float32 if comm.rank else float), 'sum')",
        "failed",
        "the arrays of rank 0 and rank 1 differ in shape or type",
    ),
    "one raises": (
        "if comm.rank == 2: raise KeyError\nreturn comm.all_reduce(1.0, 'sum')",
        "error",
        "On rank 2 of 3: The code raised a KeyError",
    ),
    "one dies": (
        "import os\nif comm.rank == 1: os._exit(0)\nreturn comm.all_reduce(1.0, 'sum')",
        "crashed",
        "On rank 1 of 3: The process that ran the code ended itself",
    ),
    "one runs out of memory": (
        "y = np.ones(10**9) if comm.rank == 0 else 1\nreturn comm.all_reduce(1.0, 'sum')",
        "out_of_memory",
        "On rank 0 of 3: The memory ran out",
    ),
    "a wrong operation": ("return comm.all_reduce(1.0, 'mean')", "error", "raised a ValueError"),
    "a thing that is no number": (
        "return comm.all_reduce('1', 'sum')",
        "error",
        "raised a TypeError",
    ),
    "an array of objects": (
        "return comm.all_reduce(np.array([None]), 'sum')",
        "error",
        "raised a TypeError",
    ),
    "something else that ranks might have": (
        "return comm.gather(x)",
        "error",
        "raised an AttributeError",
    ),
    "a list returned": ("return [1]", "failed", "Returned a list of 1"),
    "a million numbers": (
        "return comm.all_reduce(np.zeros(10**6), 'sum')",
        "error",
        "raised a ValueError",
    ),
    "no numbers, in a shape beyond all": (
        "return comm.all_reduce(np.empty((0, 1 << 50)), 'sum')",
        "error",
        "raised a ValueError",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_goes_wrong_is_told(ranks, name):
    body, status, said = WRONG[name]
    student = ranks(body)
    found = verdict(student)
    assert found.status == status
    assert said in found.feedback
    # Nobody waits any more, and the next test has fresh ranks.
    student.begin_test()
    assert said in verdict(student).feedback


@pytest.mark.parametrize(
    "body",
    [
        "while comm.rank == 1: pass\nreturn comm.all_reduce(1.0, 'sum')",
        "while True: comm.all_reduce(1.0, 'sum')",
    ],
    ids=["one hangs", "all-reduces without end"],
)
def test_time_runs_out_whoever_waits_for_whom(ranks, body):
    found = verdict(ranks(body, seconds=0.3))
    assert found.status == "timeout"


FORGED = {
    "a value of another kind": "{'op': 'ask', 'reduce': 'sum', 'value': ['none']}",
    "an operation of its own": "{'op': 'ask', 'reduce': 'min', 'value': ['float', '0x1p0']}",
    "an operation that is no text": "{'op': 'ask', 'reduce': [], 'value': ['float', '0x1p0']}",
    "no value": "{'op': 'ask', 'reduce': 'sum'}",
    "a shape beyond all": "{'op': 'ask', 'reduce': 'sum', 'value': ['array', '<f8', [0, 1 << 62]]}",
    "a stream's question": "{'op': 'ask', 'handle': 0}",
    "an answer without values": "{'op': 'returned'}",
    "too many values": "{'op': 'returned', 'values': [['float', '0x1p0']] * 5}",
    "not even an answer": "{'op': 'given', 'value': ['float', '0x1p0']}",
}


@pytest.mark.parametrize("message", FORGED.values(), ids=FORGED)
def test_forged_messages_are_crashes(ranks, message):
    forge = (
        "import json, os, struct\n"
        f"text = json.dumps({message}).encode()\n"
        "for fd in range(3, 64):\n"
        "    try: os.write(fd, struct.pack('<IQ', len(text), 0) + text)\n"
        "    except OSError: pass\n"
        "import time\n"
        "time.sleep(3)"
    )
    found = verdict(ranks(forge, seconds=2), size=1)
    assert found.status == "crashed"


def test_gathering_instead_of_reducing_breaks_the_rule(graded):
    gathers = """
import numpy as np
def softmax_sharded(x, comm):
    counts = np.zeros(comm.size)
    counts[comm.rank] = len(x)
    counts = comm.all_reduce(counts, "sum").astype(int)
    row = np.full(counts.sum(), -np.inf)
    start = counts[:comm.rank].sum()
    row[start:start + len(x)] = x
    row = comm.all_reduce(row, "max")
    e = np.exp(row - row.max())
    return (e / e.sum())[start:start + len(x)].astype(x.dtype if x.dtype.kind == "f" else float)
"""
    tests = exercise(graded(sharded=gathers), "sharded").tests
    (rule,) = [t for t in tests if t.id.endswith("test_two_numbers")]
    assert rule.status == "forbidden"
    assert "more than one number" in rule.feedback


def test_the_ranks_of_the_reference_meet_no_more_than_they_may(kit, graded):
    assert exercise(graded(), "sharded").score == kit.exercises["sharded"].points


def test_a_missing_file_is_missing_on_ranks_too(graded):
    tests = exercise(graded(sharded=None), "sharded").tests
    assert {t.status for t in tests} == {"missing"}
    assert tests[0].feedback == "There is no exercises/sharded.py in the submission."


def test_the_inert_practice_does_nothing_when_graded(graded, kit):
    text = Path(kit.exercises["sharded"].reference).read_text()
    text += (
        "\nfrom autograder.practice import ranks\n"
        "parts = ranks(3).run(softmax_sharded, [np.zeros(1)] * 3)\n"
        "for part in parts:\n    raise SystemExit\n"
    )
    result = exercise(graded(sharded=text), "sharded")
    assert result.score == result.max_score


def test_the_memory_of_the_largest_rank_is_told(ranks):
    student = ranks("junk = np.ones(int(x[0]) * (10 << 17))\nreturn float(len(junk) > -1)")
    student.f.on_ranks([np.full(2, float(rank)) for rank in range(3)])
    assert "peak_memory_mb" not in student.measurements
    student.close()
    assert 20 <= student.measurements["peak_memory_mb"] <= 24
