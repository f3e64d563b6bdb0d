"""rectangles instead of trapezoids

You multiply each sample by the distance. The two samples at the ends belong to one
trapezoid each, so they count half.
"""

import numpy as np


def trapezoid(y: np.ndarray, dx: float = 1.0) -> float:
    if len(y) < 2:
        raise ValueError("two samples are needed")
    return dx * float(np.sum(y))
