"""Exercise 4: the loss of a classifier, straight from its logits."""

import numpy as np


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    r"""Cross-entropy of each example: how surprised softmax is by the right class.

    .. math:: \mathrm{loss} = -\log \mathrm{softmax}(x)_{label} = \mathrm{lse}(x) - x_{label}

    The middle says what it means, the right side how to compute it: the probability of the
    right class may well be too small for the type, and its logarithm -inf, while the
    difference on the right is an ordinary number.

    Parameters
    ----------
    logits : array of shape (..., K)
        In nats, finite or NaN. float16, float32 or float64; int32 and int64 are treated as
        float64. Must not be changed.
    labels : array of integers of shape (...), or one integer when logits are 1-D
        The right class of each example, from 0 to K - 1. Must not be changed.

    Returns
    -------
    array of shape (...), or a number
        The loss of each example in nats, 0 or above, neither summed nor averaged, in the
        floating type of ``logits`` (float64 for integers). For 1-D logits one number: a
        Python float, a NumPy scalar or a 0-d array. Finite for finite logits, as far as the
        type can hold the loss; NaN for an example with a NaN among its logits, and no other.

    Raises
    ------
    ValueError
        When a label is not a class: K or above, or below 0. (NumPy would take -1 for the last
        class and say nothing.)

    See Also
    --------
    numpy.take_along_axis : picks one entry of each row, in any number of dimensions.
    torch.nn.functional.cross_entropy : with ``reduction="none"`` the same for 2-D logits.

    Examples
    --------
    >>> import numpy as np
    >>> logits = np.array([1.2, 4.7, 3.1, 0.5, 2.9])
    >>> round(float(cross_entropy(logits, 1)), 4)
    0.3453
    >>> round(float(cross_entropy(logits, 3)), 4)
    4.5453

    A class that softmax gives 0 in floating point is still only so wrong:

    >>> float(cross_entropy(np.array([0.0, 1000.0]), 0))
    1000.0

    One loss for each example:

    >>> rows = np.array([[0.0, 0.0], [3.0, 1.0]], dtype=np.float32)
    >>> loss = cross_entropy(rows, np.array([0, 1]))
    >>> [round(float(one), 4) for one in loss], loss.dtype.name
    ([0.6931, 2.1269], 'float32')

    >>> cross_entropy(logits, -1)
    Traceback (most recent call last):
        ...
    ValueError: ...
    """
    raise NotImplementedError
