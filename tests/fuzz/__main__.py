"""Fuzz what the grader makes of a worker's bytes, with coverage to guide it.

    pip install atheris
    python -m tests.fuzz [-atheris_runs=N] [FILE]

A million runs, unless told otherwise. libFuzzer stops at an exception that is not one of the
grader's own, at a run that takes longer than 5 s, and where memory goes beyond 400 MB. What
found it is then a file, which as the argument is run again.
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


given = sys.argv[1:]
limits = ["-atheris_runs=1000000", "-timeout=5", "-rss_limit_mb=400"]
options = [sys.argv[0], *limits, "-max_len=4096", "-len_control=0", *given]
with tempfile.TemporaryDirectory() as corpus:
    if all(argument.startswith("-") for argument in given):
        # From nothing, it would take long until there are bytes enough for a conversation.
        chance = random.Random(0)
        for number in range(300):
            (Path(corpus) / str(number)).write_bytes(chance.randbytes(chance.randrange(2048)))
        options.append(corpus)
    atheris.Setup(options, one)
    atheris.Fuzz()
