"""Time from a save to the first output of ``autograder try --watch``, in a terminal of its own.

    python -m benchmarks.watch

A copy of the stubs is watched on a pseudo-terminal. A right solution and one with a mistake of it
are saved in turn, with a pause such as a person makes between; what is timed is until the
terminal has received what came of it, and not merely that something runs.
"""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAVES = 20
PAUSE_S = 1.0
NAME = "log_sum_exp"


def received(terminal: int, what: bytes, patience_s: float = 60.0) -> None:
    """Read what the terminal gets until ``what`` is in it."""
    got, deadline = b"", time.monotonic() + patience_s
    while not re.search(what, got):
        ready, _, _ = select.select([terminal], [], [], deadline - time.monotonic())
        if not ready:
            raise SystemExit(f"no {what!r} within {patience_s:g} s")
        got += os.read(terminal, 65536)


def main() -> None:
    """Print the figures."""
    right = (ROOT / "reference" / f"{NAME}.py").read_text()
    wrong = (ROOT / "reference" / "mistakes" / NAME / "shift-not-added-back.py").read_text()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shutil.copytree(ROOT / "exercises", work / "exercises")
        process, terminal = pty.fork()
        if not process:
            os.environ["TERM"] = "xterm"
            command = [sys.executable, "-m", "autograder", "try", folder, "--watch"]
            os.execv(sys.executable, [*command, *sys.argv[1:]])
        received(terminal, rb"Ctrl-C ends")
        times = []
        for text, what in [(right, b"now passes"), (wrong, b"now fails")] * (SAVES // 2):
            end = time.monotonic() + PAUSE_S
            while (left := end - time.monotonic()) > 0:
                if select.select([terminal], [], [], left)[0]:
                    os.read(terminal, 65536)
            start = time.monotonic()
            (work / "exercises" / f"{NAME}.py").write_text(text)
            received(terminal, NAME.encode() + b" " + what)
            times.append(time.monotonic() - start)
        os.kill(process, signal.SIGINT)
        os.waitpid(process, 0)
    print(
        f"{SAVES} saves: median {statistics.median(times):.3f} s, "
        f"from {min(times):.3f} to {max(times):.3f} s"
    )


if __name__ == "__main__":
    main()
