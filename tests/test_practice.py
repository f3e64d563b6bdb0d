"""``autograder.practice``: the ranks of the sharded exercise on a student's own machine."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from autograder import practice
from autograder.practice import RankError, Ranks, ranks
from tests.conftest import ROOT, autograder


def total(x, comm):
    return comm.all_reduce(x.sum(), "sum") + comm.rank


def raises(x, comm):
    if comm.rank:
        raise KeyError("the one on rank 1")
    return comm.all_reduce(x, "sum")


def returns_early(x, comm):
    return x if comm.rank else comm.all_reduce(1.0, "sum")


def differs(x, comm):
    return comm.all_reduce(1.0, "max" if comm.rank else "sum")


def ends(x, comm):
    os._exit(3)


def says_nothing(x, comm):
    threading.Event().wait()


# Forking on Linux, and what other systems do.
@pytest.fixture(params=["fork", "spawn"])
def method(request: pytest.FixtureRequest) -> str:
    return request.param


def test_all_ranks_get_the_same(method):
    group = Ranks(3, method)
    assert group.run(total, [np.arange(2), np.empty(0), np.arange(4)]) == [7.0, 8.0, 9.0]
    assert group.reduces == [1]
    assert group.run(total, [np.ones(1)] * 3) == [3.0, 4.0, 5.0]
    assert group.reduces == [1]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (raises, "rank 1 raised an exception(.|\n)*KeyError: 'the one on rank 1'"),
        (returns_early, "rank 1 returned while rank 0 waits"),
        (differs, "rank 0 asked for 'sum' where rank 1 asked for 'max'"),
        (ends, "the process of rank 0 ended"),
    ],
)
def test_what_goes_wrong_is_told(method, function, said):
    with pytest.raises(RankError, match=said):
        Ranks(2, method).run(function, [np.ones(2)] * 2)


def test_a_silent_rank_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr(practice, "_PATIENCE_S", 0.2)
    with pytest.raises(RankError, match="rank 0 has said nothing"):
        ranks(1).run(says_nothing, [1])


def test_counts_must_fit():
    with pytest.raises(ValueError, match="2 shards for 3 ranks"):
        ranks(3).run(total, [1, 2])
    with pytest.raises(ValueError, match="at least 1"):
        ranks(0)


def test_try_runs_the_examples_over_ranks():
    done = autograder("try", "reference", "--only", "sharded")
    assert done.returncode == 0, done.stdout
    assert "sharded         3 of 3 examples" in done.stdout


def test_try_says_that_it_is_not_written_yet():
    assert "not written yet" in autograder("try", "--only", "sharded").stdout


def test_an_endless_rank_does_not_outlive_its_parent(tmp_path: Path):
    script = textwrap.dedent(f"""
        import os, sys
        from autograder.practice import ranks
        def f(x, comm):
            open({str(tmp_path)!r} + f"/{{comm.rank}}", "w").write(str(os.getpid()))
            while True: pass
        ranks(2).run(f, [1, 2])
    """)
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    while not all((tmp_path / str(rank)).exists() for rank in (0, 1)):
        assert process.poll() is None
    process.kill()
    process.wait()
    pids = [(tmp_path / str(rank)).read_text() for rank in (0, 1)]
    deadline = time.monotonic() + 10
    while any(pid and _alive(pid) for pid in pids):
        assert time.monotonic() < deadline


def _alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
