"""Exercise 2: softmax that no finite logit can break."""

import numpy as np


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""Softmax along one axis, safe for logits of any size.

    Multiplying numerator and denominator by the same number changes nothing, so for any c

    .. math:: y_i = \frac{e^{x_i - c}}{\sum_{k=1}^{K} e^{x_k - c}}

    Choose c, for each slice along ``axis``, such that no exponential can overflow and the
    sum cannot be 0.

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
    array of the shape of x
        Probabilities, in the floating type of ``x`` (float64 for integers). Finite logits
        give finite values that sum to 1 along ``axis``. A logit of -inf (a masked class)
        gets exactly 0. Where all are -inf, or one is +inf or NaN, that slice along ``axis``
        is NaN, and no other.

    Raises
    ------
    ValueError
        When there is nothing along ``axis``.

    See Also
    --------
    scipy.special.softmax, torch.softmax : agree, but that PyTorch's takes nothing for an
        answer where there is nothing along ``axis``.

    References
    ----------
    P. Blanchard, D. J. Higham, N. J. Higham, "Accurately computing the log-sum-exp and
    softmax functions", IMA Journal of Numerical Analysis 41(4), 2021.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_stable(np.array([2.0, 1.0, 3.0])).round(4).tolist()
    [0.2447, 0.09, 0.6652]
    >>> softmax_stable(np.array([1000.0, 2000.0, 3000.0])).tolist()
    [0.0, 0.0, 1.0]

    Each slice is an example of its own, along the axis you name:

    >>> x = np.array([[0.0, 1000.0], [0.0, 1001.0]])
    >>> softmax_stable(x, axis=0).round(4).tolist()
    [[0.5, 0.2689], [0.5, 0.7311]]

    The type stays:

    >>> softmax_stable(np.zeros((2, 4), dtype=np.float16)).dtype.name
    'float16'

    A masked class:

    >>> softmax_stable(np.array([1.0, -np.inf, 3.0, 0.0, 2.0])).round(4).tolist()
    [0.0871, 0.0, 0.6439, 0.0321, 0.2369]

    Nothing to choose from:

    >>> softmax_stable(np.array([]))
    Traceback (most recent call last):
        ...
    ValueError: ...
    """
    raise NotImplementedError
