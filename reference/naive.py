"""The recipe as it stands: exponentiate, divide by the sum."""

import numpy as np


def softmax_naive(x: np.ndarray) -> np.ndarray:
    # Overflow is the point of this one, so NumPy need not warn of it.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        e = np.exp(x)  # keeps a floating type and makes float64 of integers
        return e / e.sum(axis=-1, keepdims=True)
