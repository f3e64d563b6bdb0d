"""Exercise 3: the logarithm of a sum of exponentials, and of a softmax."""

import numpy as np


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    r"""Logarithm of the sum of exponentials along one axis, safe for logits of any size.

    .. math:: \mathrm{lse}(x) = \log \sum_{k=1}^{K} e^{x_k}
                              = c + \log \sum_{k=1}^{K} e^{x_k - c}

    It is a soft maximum: at least the largest logit, and at most log K above it. Choose c as
    in the stable softmax, and add it back at the end. Two kinds of slices need a thought:
    where everything is -inf, and where there is a +inf, x - c is -inf - (-inf) or inf - inf,
    which is NaN, while the answer is not.

    Parameters
    ----------
    x : array
        Logits, in nats, of any number of dimensions from 1 up. float16, float32 or float64;
        int32 and int64 are treated as float64. Must not be changed.
    axis : int, optional
        The axis along which the classes lie, the last one by default; negative ones count
        from the end.

    Returns
    -------
    array of the shape of x without ``axis``, or a number
        In nats, in the floating type of ``x`` (float64 for integers). For a vector it is one
        number: a Python float, a NumPy scalar or a 0-d array. -inf where all of a slice is
        -inf; +inf where there is a +inf and no NaN; NaN where there is a NaN.

    Raises
    ------
    ValueError
        When there is nothing along ``axis``.

    See Also
    --------
    scipy.special.logsumexp, torch.logsumexp : agree, but that of nothing they give -inf.

    References
    ----------
    P. Blanchard, D. J. Higham, N. J. Higham, "Accurately computing the log-sum-exp and
    softmax functions", IMA Journal of Numerical Analysis 41(4), 2021.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(log_sum_exp(np.array([2.0, 1.0, 3.0]))), 4)
    3.4076
    >>> round(float(log_sum_exp(np.array([1000.0, 2000.0, 3000.0]))), 4)
    3000.0

    Five equal logits of 0 are log 5 above them:

    >>> round(float(log_sum_exp(np.zeros(5))), 4)
    1.6094

    One number for each slice:

    >>> x = np.array([[0.0, 1000.0], [0.0, 1000.0]])
    >>> log_sum_exp(x, axis=0).round(4).tolist()
    [0.6931, 1000.6931]

    Nothing but masked classes:

    >>> float(log_sum_exp(np.array([-np.inf, -np.inf])))
    -inf
    """
    raise NotImplementedError


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""Logarithm of the softmax along one axis.

    .. math:: \log y_i = x_i - \mathrm{lse}(x)

    Not the logarithm of the softmax as you have it: where a probability underflows to 0,
    that is -inf, and here it is the right number.

    Parameters
    ----------
    x : array
        As for ``log_sum_exp``.
    axis : int, optional
        The axis along which the classes lie, the last one by default.

    Returns
    -------
    array of the shape of x
        In nats, 0 or below, in the floating type of ``x`` (float64 for integers). A logit of
        -inf gives -inf. Where all of a slice is -inf, or one is NaN, that slice is NaN.

    See Also
    --------
    scipy.special.log_softmax, torch.log_softmax

    Examples
    --------
    >>> import numpy as np
    >>> log_softmax(np.array([2.0, 1.0, 3.0])).round(4).tolist()
    [-1.4076, -2.4076, -0.4076]
    >>> log_softmax(np.array([1000.0, 2000.0, 3000.0])).tolist()
    [-2000.0, -1000.0, 0.0]
    >>> log_softmax(np.array([0.0, -np.inf])).tolist()
    [0.0, -inf]
    >>> log_softmax(np.zeros((2, 3), dtype=np.float32), axis=0).dtype.name
    'float32'
    """
    raise NotImplementedError
