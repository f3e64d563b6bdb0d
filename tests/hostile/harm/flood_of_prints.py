"""Fifty megabytes printed at import, and more in each call, by each way that Python has."""

import sys

LINE = "flood " * 20_000


def flood(times):
    for _ in range(times):
        print(LINE)
        sys.stderr.write(LINE)
        sys.stdout.buffer.write(LINE.encode())
        sys.__stderr__.write(LINE)


flood(100)


def softmax_stable(x, axis=-1):
    flood(1)
    return x
