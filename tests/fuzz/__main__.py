"""Fuzz what the grader makes of a worker's bytes, with coverage to guide it.

    pip install atheris
    python -m tests.fuzz -atheris_runs=1000000 -timeout=5 -rss_limit_mb=400

libFuzzer stops at an exception that is not one of the grader's own, at a frame that takes
longer than ``-timeout`` seconds, and where memory goes beyond ``-rss_limit_mb``. What found it
is then a file, which as the only argument is run again.
"""

import random
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["autograder"]):
    from tests.fuzz.worker_that_lies import CONVERSATIONS, believe, frame


def one(data: bytes) -> None:
    drawn = atheris.FuzzedDataProvider(data)

    def pick(n: int) -> int:
        return drawn.ConsumeIntInRange(0, n - 1) if n > 1 else 0

    kind = pick(CONVERSATIONS)
    if pick(4) == 0:  # bytes as they come
        said = drawn.ConsumeBytes(1 << 12)
    else:
        said = b"".join(frame(pick) for _ in range(1 + pick(3)))
    believe(said, kind)


with tempfile.TemporaryDirectory() as corpus:
    # From nothing, it would take long until there are bytes enough for a whole conversation.
    chance = random.Random(0)
    for number in range(300):
        (Path(corpus) / str(number)).write_bytes(chance.randbytes(chance.randrange(2048)))
    atheris.Setup([*sys.argv, "-max_len=4096", "-len_control=0", corpus], one)
    atheris.Fuzz()
