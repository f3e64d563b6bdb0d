"""computing in float32

float32 has seven digits, and a Python float sixteen. With m and d in float32, what a newcomer
adds is rounded to seven digits of d, again and again. Keep both as wide as the numbers that
come.
"""

import math
from collections.abc import Iterator

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = np.float32(-math.inf), np.float32(0)
    with np.errstate(over="ignore"):
        for number in map(np.float32, stream):
            if number > m:
                d = d * np.exp(m - number) + np.float32(1)
                m = number
            elif number != -math.inf:
                d += np.exp(number - m)
    return float(m), float(d)


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / np.asarray(d, x.dtype)
