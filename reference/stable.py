"""Shift each slice by its maximum; then the naive recipe is safe."""

import numpy as np

from exercises.naive import softmax_naive


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    with np.errstate(invalid="ignore"):  # -inf - (-inf) and inf - inf are NaN, as they should
        shifted = x - x.max(axis=axis, keepdims=True)  # of nothing, max raises ValueError
    # No exponent is above 0 any more, and one of them is 0: no overflow, no sum of 0.
    return np.moveaxis(softmax_naive(np.moveaxis(shifted, axis, -1)), -1, axis)
