"""Integrate sampled values."""

import numpy as np


def trapezoid(y: np.ndarray, dx: float = 1.0) -> float:
    if len(y) < 2:
        raise ValueError("two samples are needed to have an area between them")
    # Inner samples belong to two trapezoids, the ends to one.
    return dx * float(np.sum(y) - (y[0] + y[-1]) / 2)
