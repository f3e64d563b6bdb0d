"""The grader may be killed at any moment: nothing of it lives on, and no file is half there."""

from __future__ import annotations

import ctypes
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.files import write_text
from tests.conftest import ROOT

MOMENTS = 50
_PR_SET_CHILD_SUBREAPER = 36


@pytest.fixture
def adopting() -> Iterator[None]:
    """Whatever is left of a child that dies becomes a child of this process, to be waited for."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    yield
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def ends_within(pid: int, seconds: float) -> bool:
    with os.fdopen(os.pidfd_open(pid)) as fd:
        return bool(select.select([fd], [], [], seconds)[0])


def orphans() -> list[int]:
    me = os.getpid()
    return [int(pid) for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split()]


ENDS = {"result.json": "}\n", "report.md": "</details>\n", "report.html": "</html>\n"}
BURNS = """
import hashlib
import threading


def burn():
    hashlib.pbkdf2_hmac("sha256", b"x", b"y", 2_000_000_000)


def trapezoid(y, dx=1.0):
    for _ in range(8):
        threading.Thread(target=burn, daemon=True).start()
    return 0.0
"""


def grading(tiny: Path, out: Path, submission: str = "reference") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "autograder", "grade", str(tiny / submission)]
    command += ["--kit", str(tiny), "--json", str(out / "result.json")]
    command += ["--markdown", str(out / "report.md"), "--html", str(out / "report.html")]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


@pytest.mark.usefixtures("adopting")
def test_killed_at_any_moment_it_leaves_nothing_behind(tiny: Path, tmp_path: Path):
    before = set(orphans())
    began = time.monotonic()
    (out := tmp_path / "out").mkdir()
    with grading(tiny, out) as whole:
        assert whole.wait() == 0
    lasts = time.monotonic() - began
    assert {p.name for p in out.iterdir()} == set(ENDS)
    # Every other time, of a submission whose threads burn, and are stopped in between.
    (tiny / "burns/exercises").mkdir(parents=True)
    (tiny / "burns/exercises/trapezoid.py").write_text(BURNS)
    chance = random.Random()
    outcomes = set()
    for moment in range(MOMENTS):
        shutil.rmtree(out)
        out.mkdir()
        with grading(tiny, out, ("reference", "burns")[moment % 2]) as process:
            ended = ends_within(process.pid, chance.uniform(0.0, lasts))
            process.kill()
            process.wait()
        for pid in set(orphans()) - before:
            assert ends_within(pid, 20.0), f"process {pid} lives on"
            os.waitpid(pid, 0)
        assert set(orphans()) <= before
        for file in out.iterdir():
            # One that is about to get its name may be there with another; it is whole too.
            ends = ENDS.get(file.name) or tuple(ENDS.values())
            assert file.read_text().endswith(ends), file.name
        outcomes.add(ended)
    assert False in outcomes


def test_a_file_is_replaced_at_once_or_not_at_all(tmp_path: Path):
    """Killed over and over while it writes, the writer leaves one whole file, old or new."""
    target = tmp_path / "result.json"
    text = json.dumps(["x" * 1000] * 5000)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from autograder.files import write_text\n"
        "text = sys.stdin.read()\n"
        "print('up', flush=True)\n"
        "while True:\n"
        "    write_text(Path(sys.argv[1]), text)\n"
    )
    write_text(target, text)
    for _ in range(10):
        command = [sys.executable, "-c", script, str(target)]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(text)
            process.stdin.close()
            assert process.stdout.readline() == "up\n"
            assert not ends_within(process.pid, random.uniform(0.0, 0.1))
            process.send_signal(signal.SIGKILL)
        for file in tmp_path.iterdir():
            assert file.read_text() == text


def test_links_devices_and_rights_are_kept(tmp_path: Path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    link.symlink_to(real)
    write_text(link, "one")
    assert link.is_symlink()
    assert real.read_text() == "one"
    write_text(Path("/dev/null"), "gone")
    assert Path("/dev/null").is_char_device()
    mask = os.umask(0o027)
    try:
        write_text(tmp_path / "new", "x")
    finally:
        os.umask(mask)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o640
    (tmp_path / "new").chmod(0o600)
    write_text(tmp_path / "new", "y")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
    write_text(tmp_path / ("x" * 255), "a long name")
    with pytest.raises(OSError, match="No such file"):
        write_text(tmp_path / "nowhere" / "x", "x")


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write_text(tmp_path / "x", "old")
    monkeypatch.setattr("autograder.files._fill", full)
    with pytest.raises(OSError, match="No space"):
        write_text(tmp_path / "x", "new")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


def test_where_no_file_can_be_nameless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened = os.open

    def refuse(path, flags, *rest, **options):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(95, "Operation not supported")
        return opened(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", refuse)
    write_text(tmp_path / "x", "whole")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["whole"]
