"""Exercise 1: the softmax recipe, as it stands in the formula, with its flaw."""

import numpy as np


def softmax_naive(x: np.ndarray) -> np.ndarray:
    r"""Softmax along the last axis, without any precaution.

    .. math:: y_i = \frac{e^{x_i}}{\sum_{k=1}^{K} e^{x_k}}

    Exponentiate every logit, then divide by the sum over the row. Do it in the precision of
    ``x`` and do not mend it: where an exponential is too large for the type it becomes
    infinite, and infinity divided by infinity is NaN. That is the right answer here. You
    will see what it costs, and remove it in exercise 2.

    Parameters
    ----------
    x : array of shape (..., K)
        Logits, in nats. Any number of dimensions from 1 up; each row along the last axis is
        an example of its own. float16, float32 or float64; int32 and int64 are treated as
        float64. Must not be changed.

    Returns
    -------
    array of shape (..., K)
        Probabilities, in the floating type of ``x`` (float64 for integers). A row whose
        exponentials overflow has NaN where they did, and 0 elsewhere. A row whose
        exponentials all vanish is 0/0, NaN throughout, and so is a row with a NaN in it.

    See Also
    --------
    numpy.exp, numpy.sum : the latter with ``axis`` and ``keepdims``.

    References
    ----------
    J. S. Bridle, "Probabilistic Interpretation of Feedforward Classification Network
    Outputs", 1990, which gave softmax its name.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_naive(np.array([2.0, 1.0, 3.0])).round(4).tolist()
    [0.2447, 0.09, 0.6652]

    Each row has a sum of its own, and float32 stays float32:

    >>> rows = np.array([[2.0, 1.0, 3.0], [0.0, 0.0, 0.0]], dtype=np.float32)
    >>> y = softmax_naive(rows)
    >>> y.shape, y.dtype.name
    ((2, 3), 'float32')
    >>> bool(np.allclose(y[1], 1 / 3))
    True

    And here it breaks (NumPy also warns; ``errstate`` keeps it quiet):

    >>> with np.errstate(all="ignore"):
    ...     y = softmax_naive(np.array([1000.0, 2000.0, 3000.0]))
    >>> np.isnan(y).tolist()
    [True, True, True]
    """
    raise NotImplementedError
