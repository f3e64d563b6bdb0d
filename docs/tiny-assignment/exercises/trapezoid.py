"""Integrate sampled values."""

import numpy as np


def trapezoid(y: np.ndarray, dx: float = 1.0) -> float:
    """Integrate equally spaced samples with the trapezoid rule.

    Each pair of neighbours contributes the area below the line between them::

        integral = dx * sum((y[i] + y[i + 1]) / 2)

    Parameters
    ----------
    y
        Samples, shape ``(n,)`` with ``n >= 2``.
    dx
        Distance between samples.

    Raises
    ------
    ValueError
        With fewer than two samples.

    Examples
    --------
    >>> float(trapezoid(np.array([0.0, 1.0, 2.0])))
    2.0
    >>> float(trapezoid(np.array([0.0, 1.0, 2.0]), dx=0.5))
    1.0
    """
    raise NotImplementedError
