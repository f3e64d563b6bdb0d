"""Calls into a worker: several at once, and arguments that come piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from autograder.expect import Failed, Verdict
from autograder.process import Clock, Work
from autograder.sandbox.client import ForkServer
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import Source, StudentCode
from autograder.streams import Stream
from autograder.student import Student


@pytest.fixture
def student(fork_server: ForkServer) -> Iterator[Callable[[str], Student]]:
    """A student whose file defines ``f``."""
    made: list[Student] = []

    def make(text: str, kind: str = "array") -> Student:
        code = StudentCode([Source("exercises/f.py", f"import numpy as np\n{text}")], {"f": 0})
        limits = Limits(64 << 20, 10)
        work = Work(
            "f", "exercises/f.py", {"f": kind}, {"f": "f(x)"}, code, fork_server, Clock(5), limits
        )
        made.append(Student(work))
        made[-1].begin_test()
        return made[-1]

    yield make
    for student in made:
        student.close()


def many(*arrays):
    return [((array,), {}) for array in arrays]


# ------------------------------------------------------------------ several calls at once


def test_each_call_has_its_own_answer(student):
    made = student("def f(x, by=1):\n    return x * by\n")
    answers = made.f.each(((np.ones(2),), {}), ((np.ones(3), 2), {}), ((np.ones(1),), {"by": 5}))
    assert [a.tolist() for a in answers] == [[1, 1], [2, 2, 2], [5]]


def test_an_answer_stays_what_it_was_when_it_was_returned(student):
    made = student("buffer = np.zeros(2)\ndef f(x):\n    buffer[:] = x\n    return buffer\n")
    answers = made.f.each(*many(np.zeros(2), np.ones(2), np.full(2, 7.0)))
    assert [a.tolist() for a in answers] == [[0, 0], [1, 1], [7, 7]]


def test_changing_one_input_does_not_reach_the_next(student):
    made = student("def f(x):\n    x += 1\n    return x.copy()\n")
    x = np.zeros(2)
    assert [a.tolist() for a in made.f.each(*many(x, x))] == [[1, 1], [1, 1]]
    assert x.tolist() == [0, 0]


def test_an_exception_in_one_of_them_is_the_verdict(student):
    made = student("def f(x):\n    if x[0]: raise KeyError\n    return x\n")
    with pytest.raises(Verdict, match="raised a KeyError"):
        made.f.each(*many(np.zeros(1), np.ones(1), np.zeros(1)))


def test_one_odd_answer_among_them_is_found(student):
    made = student("def f(x):\n    return x if x[0] else None\n")
    with pytest.raises(Failed, match="Returned None"):
        made.f.each(*many(np.ones(1), np.zeros(1)))


def test_no_calls_no_answers(student):
    assert student("def f(x):\n    return x\n").f.each() == []


FORGED = {
    "one value for two calls": [["float", "0x1p0"]],
    "three values for two calls": [["float", "0x1p0"]] * 3,
    "no list": {"a": 1},
    "nothing": None,
}


@pytest.mark.parametrize("values", FORGED.values(), ids=FORGED)
def test_answers_that_do_not_fit_the_calls_are_a_crash(student, values):
    made = student(
        "import json, os, struct, time\n"
        "def f(x):\n"
        f"    text = json.dumps({{'op': 'returned', 'values': {values!r}}}).encode()\n"
        "    for fd in range(3, 64):\n"
        "        try: os.write(fd, struct.pack('<IQ', len(text), 0) + text)\n"
        "        except OSError: pass\n"
        "    while True: pass\n",
        "number",
    )
    with pytest.raises(Verdict) as caught:
        made.f.each(*many(np.ones(1), np.ones(1)))
    assert caught.value.status == "crashed"


def test_what_was_called_is_told_in_words(student):
    made = student("def f(x, k=1):\n    return x\n")
    made.f(np.ones(2), k=3)
    assert made.last_call == "f(array([1., 1.]), k=3)"
    made.f.each(*many(np.ones(1), np.ones(99)))
    assert made.last_call == "f(array([1.])), f(<float64 array of shape (99,)>)"


# ------------------------------------------------------------------ streams


def blocks(n, size=3):
    return [(np.full((size, 2), i), np.full((size, 1), -i)) for i in range(n)]


def test_a_stream_of_blocks_gives_tuples_of_arrays(student):
    made = student(
        "def f(s):\n"
        "    total = 0.0\n"
        "    for k, v in s:\n"
        "        assert type(k) is np.ndarray and k.shape == (3, 2) and v.shape == (3, 1)\n"
        "        total += k[0, 0] + v[0, 0] + 1\n"
        "    return total\n",
        "number",
    )
    for n in (0, 1, 5, 9000):
        stream = made.block_stream(iter(blocks(n)))
        assert made.f(stream) == n
        assert stream.count == n


@pytest.mark.parametrize("make", ["stream", "block_stream"])
def test_a_stream_has_no_length_no_index_and_no_way_back(student, make):
    made = student(
        "def f(s):\n"
        "    missing = sum(not hasattr(s, n) for n in ('__len__', '__getitem__', 'seek'))\n"
        "    return [missing, len(list(s)), len(list(s)), iter(s) is s]\n",
    )
    items = np.ones(20_000) if make == "stream" else blocks(4)
    with pytest.raises(Failed, match="Returned a list of 4"):
        made.f(getattr(made, make)(items))
    made = student(
        "def f(s):\n"
        "    missing = sum(not hasattr(s, n) for n in ('__len__', '__getitem__', 'seek'))\n"
        "    return np.array([missing, len(list(s)), len(list(s)), iter(s) is s])\n",
    )
    assert made.f(getattr(made, make)(items)).tolist() == [3, len(items), 0, 1]


def test_streams_of_several_calls_do_not_mix(student):
    made = student("def f(s):\n    return np.array(list(s))\n")
    lengths = (3, 20_000, 0, 9_000)
    calls = [((made.stream(np.full(n, float(n))),), {}) for n in lengths]
    for n, answer in zip(lengths, made.f.each(*calls), strict=True):
        assert answer.tolist() == [float(n)] * n


def test_a_stream_that_is_not_read_is_not_handed_out(student):
    made = student("def f(s):\n    return next(s)\n", "number")
    stream = made.stream(np.arange(100_000.0))
    assert made.f(stream) == 0
    assert stream.count < 100_000


def test_a_block_that_may_not_be_written_stays_so(student):
    made = student(
        "def f(s):\n    (k, v), = s\n    return np.array([k.flags.writeable, v.flags.writeable])\n"
    )
    (block,) = blocks(1)
    block[0].flags.writeable = False
    assert made.f(made.block_stream([block])).tolist() == [False, True]


def test_no_question_about_a_stream_that_there_is_none_of(student):
    made = student(
        "import json, os, struct, time\n"
        "def f(x):\n"
        "    text = json.dumps({'op': 'ask', 'handle': 3}).encode()\n"
        "    for fd in range(3, 64):\n"
        "        try: os.write(fd, struct.pack('<IQ', len(text), 0) + text)\n"
        "        except OSError: pass\n"
        "    while True: pass\n",
    )
    with pytest.raises(Verdict) as caught:
        made.f(np.ones(1))
    assert caught.value.status == "crashed"


def test_the_last_chunk_says_that_it_is():
    stream = Stream.of_numbers(range(3))
    chunk, last = stream.next_chunk()
    assert chunk.tolist() == [0, 1, 2]
    assert last
    with pytest.raises(LookupError):
        stream.next_chunk()
    assert Stream.of_blocks([]).next_chunk() == ([], True)


def test_what_draws_draws_the_same_each_time(student):
    for text in (
        "import random\ndef f(x):\n    return np.array([random.random()])\n",
        "def f(x):\n    return np.random.normal(size=2)\n",
        "from numpy.random import rand\ndef f(x):\n    return rand(2)\n",
    ):
        first, second = student(text), student(text)
        assert first.f(np.ones(1)).tolist() == second.f(np.ones(1)).tolist()


def test_the_most_memory_of_all_its_workers_is_told(student):
    made = student("def f(x):\n    return np.ones(int(x[0]) << 17)[:1]\n")
    made.f(np.full(1, 12.0))
    made.with_spare_memory(8).f(np.full(1, 4.0))
    made.end_test()
    assert 4 <= made.measurements["peak_memory_mb"] <= 7
    made.close()
    assert 12 <= made.measurements["peak_memory_mb"] <= 15
