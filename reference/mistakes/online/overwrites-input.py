"""writing into the input

`x -= ...` writes into the array of the caller, who finds shifted logits afterwards. It also
fails for read-only arrays. `x - ...` makes a new array.
"""

import math
from collections.abc import Iterator

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = -math.inf, 0.0
    for number in stream:
        if number > m:
            d = d * math.exp(m - number) + 1.0
            m = number
        elif number != -math.inf:
            d += math.exp(number - m)
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        x -= x.dtype.type(m)
        return np.exp(x) / np.asarray(d, x.dtype)
