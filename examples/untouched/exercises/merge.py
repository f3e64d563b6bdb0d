"""Exercise 6: parts of a softmax that can be worked out apart and put together later."""

import numpy as np


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    r"""The (m, d) of two sets of numbers together, from the (m, d) of each.

    m is the largest number of a set and d its sum of exponentials relative to m, as in
    ``online_normalizer``. Together they are

    .. math:: m = \max(m_a, m_b), \qquad d = d_a e^{m_a - m} + d_b e^{m_b - m}

    A new number that joins a stream is the case d_b = 1. Since it does not matter in which
    order pairs are merged, or in which groups, parts can be worked on at the same time: by
    the threads of a GPU, or by many of them.

    Parameters
    ----------
    a, b : pair of floats
        (m, d) with d > 0 and finite m, or (-inf, 0.0), the pair of nothing at all.

    Returns
    -------
    m : float
        The larger of the two.
    d : float
        The sum relative to it. Merging with (-inf, 0.0) changes nothing, and two such pairs
        make another.

    Examples
    --------
    >>> m, d = merge((1.0, 1.0), (3.0, 1.0))
    >>> float(m), round(float(d), 6)
    (3.0, 1.135335)
    >>> m, d = merge((3.0, 1.5), (-np.inf, 0.0))
    >>> float(m), float(d)
    (3.0, 1.5)
    >>> m, d = merge((-np.inf, 0.0), (-np.inf, 0.0))
    >>> float(m), float(d)
    (-inf, 0.0)

    Large numbers are no danger:

    >>> m, d = merge((-5000.0, 7.0), (5000.0, 2.0))
    >>> float(m), float(d)
    (5000.0, 2.0)
    """
    raise NotImplementedError


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    r"""Softmax of a vector in pieces: reduce each to its (m, d), merge, then divide.

    .. math:: y_i = \frac{e^{x_i - m}}{d}

    Parameters
    ----------
    x : array of shape (K,)
        Logits, in nats. float16, float32 or float64; int32 and int64 are treated as float64.
        -inf may be among them. Must not be changed.
    n_chunks : int
        Into how many pieces x is split, 1 or more. They need not be of equal length, since
        n_chunks need not divide K, and some are empty when it exceeds K.

    Returns
    -------
    array of shape (K,)
        What ``softmax_stable`` gives, in the floating type of ``x`` (float64 for integers). A
        logit of -inf gets exactly 0; where all are -inf, all of it is NaN.

    See Also
    --------
    numpy.array_split : splits into any number of pieces.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_chunked(np.array([1.0, 3.0, 2.0]), 2).round(4).tolist()
    [0.09, 0.6652, 0.2447]
    >>> softmax_chunked(np.array([1000.0, 2000.0, 3000.0]), 3).tolist()
    [0.0, 0.0, 1.0]

    More pieces than numbers:

    >>> y = softmax_chunked(np.zeros(2, dtype=np.float32), 5)
    >>> y.tolist(), y.dtype.name
    ([0.5, 0.5], 'float32')
    """
    raise NotImplementedError
