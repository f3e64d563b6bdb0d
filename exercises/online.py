"""Exercise 5: the maximum and the sum in one walk over the data."""

from collections.abc import Iterator

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    r"""The largest number of a stream, and the sum of exponentials relative to it.

    .. math:: m = \max_k x_k, \qquad d = \sum_k e^{x_k - m}

    The stable softmax walks over the data once for m and once more for d. Here each number
    comes by once. Keep m and d of the numbers seen so far, and bring both up to date with
    each new one. By hand, for 1, 3, 2:

    ======  =  ========================================
    number  m  d
    ======  =  ========================================
    1       1  1
    3       3  1.135335
    2       3  1.503215
    ======  =  ========================================

    Parameters
    ----------
    stream : iterator of float
        The numbers x, in nats; -inf may be among them. It can be walked over once: it has no
        length, no index and no way back. It can be longer than the memory holds, so do not
        collect it, as a list or as an array.

    Returns
    -------
    m : float
        The largest number; -inf when the stream is empty or has nothing but -inf in it.
    d : float
        The sum relative to m; 0.0 in those two cases.

    References
    ----------
    M. Milakov, N. Gimelshein, "Online normalizer calculation for softmax", 2018,
    arXiv:1805.02867.

    Examples
    --------
    >>> m, d = online_normalizer(iter([1.0, 3.0, 2.0]))
    >>> float(m), round(float(d), 6)
    (3.0, 1.503215)

    Large numbers are no danger:

    >>> m, d = online_normalizer(iter([1000.0, 3000.0, 3000.0]))
    >>> float(m), float(d)
    (3000.0, 2.0)

    -inf adds nothing, wherever it comes:

    >>> m, d = online_normalizer(iter([-np.inf, 0.0, -np.inf, 0.0]))
    >>> float(m), float(d)
    (0.0, 2.0)

    Nothing at all:

    >>> m, d = online_normalizer(iter([]))
    >>> float(m), float(d)
    (-inf, 0.0)
    """
    raise NotImplementedError


def softmax_online(x: np.ndarray) -> np.ndarray:
    r"""Softmax of a vector in two walks: one for m and d, one for the answer.

    .. math:: y_i = \frac{e^{x_i - m}}{d}

    Parameters
    ----------
    x : array of shape (K,)
        Logits, in nats. float16, float32 or float64; int32 and int64 are treated as float64.
        Must not be changed.

    Returns
    -------
    array of shape (K,)
        What ``softmax_stable`` gives, in the floating type of ``x`` (float64 for integers).
        A logit of -inf gets exactly 0; where all are -inf or one is NaN, all of it is NaN.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_online(np.array([1.0, 3.0, 2.0])).round(4).tolist()
    [0.09, 0.6652, 0.2447]
    >>> softmax_online(np.array([1000.0, 2000.0, 3000.0])).tolist()
    [0.0, 0.0, 1.0]
    >>> softmax_online(np.zeros(4, dtype=np.float32)).dtype.name
    'float32'
    """
    raise NotImplementedError
