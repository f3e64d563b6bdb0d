"""Cards are found as CUDA would find them, and timed on by one grader at a time."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from autograder.doctor import examine
from autograder.triton_tasks.cards import Card, cards, reserve

ONE = Card("GPU-1a", "NVIDIA Made Up 1", 90, "1.0")
TWO = Card("GPU-2b", "NVIDIA Made Up 2", 75, "1.0")


@pytest.fixture
def smi(tmp_path, monkeypatch):
    """Put an ``nvidia-smi`` on the path that prints this."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def put(script: str) -> None:
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return put


@pytest.fixture
def two_cards(smi):
    smi(
        "echo 'GPU-1a, NVIDIA Made Up 1, 9.0, 1.0'\n"
        "echo 'GPU-2b, NVIDIA Made Up 2, 7.5, 1.0'\n"
        "echo 'GPU-3c, [N/A], [N/A], [N/A]'"
    )


def test_without_a_driver_there_is_none(smi, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cards() == []


def test_a_driver_that_fails_has_none(smi):
    smi("echo 'No devices were found'; exit 6")
    assert cards() == []


def test_each_is_told_with_its_capability(two_cards):
    assert cards() == [ONE, TWO]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("0", [ONE]),
        ("1,0", [TWO, ONE]),
        ("GPU-2b", [TWO]),
        ("GPU-2", [TWO]),
        ("", []),
        ("-1", []),
        ("7,0", []),
        ("0,7,1", [ONE]),
    ],
)
def test_of_those_that_are_visible(two_cards, monkeypatch, wanted, found):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", wanted)
    assert cards() == found


@pytest.fixture
def locks(tmp_path, monkeypatch):
    """A folder of locks of its own, for this process and those that it starts."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


HOLDER = """
    import sys
    from autograder.triton_tasks.cards import Card, reserve
    with reserve([Card(u, "", 90, "") for u in sys.argv[1:]]) as card:
        print(card.uuid, flush=True)
        sys.stdin.read()
"""


def hold(*uuids: str) -> subprocess.Popen[str]:
    """Another grader, which says which card it has and keeps it until it is told or killed."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", textwrap.dedent(HOLDER), *uuids]
    return subprocess.Popen(command, **pipes)


def until(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline


def waits_for_a_lock(pid: int) -> bool:
    """As the kernel tells it: ``1: -> FLOCK  ADVISORY  WRITE 4711 ...``."""
    lines = Path("/proc/locks").read_text().splitlines()
    return any(line.split()[1:2] == ["->"] and str(pid) in line.split() for line in lines)


def test_who_comes_second_takes_another_card(locks):
    with hold("GPU-1a") as first:
        assert first.stdout.readline() == "GPU-1a\n"
        for _ in range(8):  # in whatever order it tries them
            with reserve([ONE, TWO]) as card:
                assert card == TWO
        first.stdin.close()


def test_who_comes_second_waits_where_there_is_one(locks):
    with reserve([ONE]) as card:
        assert card == ONE
        second = hold("GPU-1a")
        until(lambda: waits_for_a_lock(second.pid))
    with second:
        assert second.stdout.readline() == "GPU-1a\n"
        second.stdin.close()


def test_one_that_is_killed_gives_its_card_back(locks):
    with hold("GPU-1a") as first:
        assert first.stdout.readline() == "GPU-1a\n"
        first.kill()
    with reserve([ONE]) as card:
        assert card == ONE


def test_a_lock_is_no_link(locks, tmp_path):
    (tmp_path / "onewalk-GPU-1a.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"), reserve([ONE]):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_doctor_tells_a_card_that_cannot_be_used(two_cards):

    first, second = (finding for finding in examine() if finding.what == "card")
    assert (first.good, second.good) == (False, False)
    assert first.state.startswith(
        "NVIDIA Made Up 1, capability 9.0, driver 1.0; not in confinement"
    )
    assert "CUDA" in first.state
    assert "deferred until it can be used" in first.remedy


def test_doctor_tells_that_there_is_none(smi):

    smi("exit 9")
    (finding,) = (finding for finding in examine() if finding.what == "card")
    assert finding.good is None
