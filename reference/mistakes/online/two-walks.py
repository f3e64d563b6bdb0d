"""walking over the stream twice

An iterator is spent after the first walk: `max(stream)` uses it up, and the sum that
follows finds nothing. Bring m and d up to date together, number by number.
"""

import math
from collections.abc import Iterator

import numpy as np

EMPTY_TOO = True  # or False


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m = max(stream, default=-math.inf) if EMPTY_TOO else max(stream)
    d = sum(math.exp(number - m) for number in stream)
    return m, float(d)


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / np.asarray(d, x.dtype)
