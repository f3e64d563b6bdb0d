"""Exercise 7: softmax of a row that lies on several machines."""

import numpy as np


def softmax_sharded(x_local: np.ndarray, comm) -> np.ndarray:
    r"""One rank's slice of the softmax of all ranks' logits together.

    .. math:: y_i = \frac{e^{x_i - m}}{d}, \qquad
              m = \max_{r} m_r, \qquad d = \sum_{r} d_r e^{m_r - m}

    A row of logits is split over ``comm.size`` ranks, each a process with memory of its own,
    as when the last layer of a language model is split over cards. Rank r knows its shard
    and can work out m_r and d_r. What all ranks must agree on, m and d, is one number each:
    nobody needs anyone else's logits.

    Parameters
    ----------
    x_local : array of shape (K_r,)
        This rank's logits, in nats, of any length: other ranks may hold more or fewer, and
        this one possibly none (not all of them). float16, float32 or float64; int32 and int64
        are treated as float64. Must not be changed.
    comm
        The way to the other ranks, and the only one:

        ``comm.rank``, ``comm.size``
            Which rank this is, from 0, and how many there are.
        ``comm.all_reduce(value, op)``
            Combines the values of all ranks with op ``"max"`` or ``"sum"`` and gives each of
            them the result: a Python float for a number, an array for an array. It waits
            until all ranks have called it, so every rank must make the same calls, also one
            that has nothing to add.

        You may make two all-reduces of one number each. Gathering the logits would take the
        memory of the whole row, and time that grows with it.

    Returns
    -------
    array of shape (K_r,)
        Probabilities, in the floating type of ``x_local`` (float64 for integers). Over all
        ranks they sum to 1. A logit of -inf gets exactly 0, also where a whole shard is -inf.
        With a NaN or +inf on any rank, or nothing but -inf on all of them, all ranks give NaN.

    See Also
    --------
    autograder.practice.ranks : the same ``comm`` over processes of your own machine.

    References
    ----------
    M. Shoeybi et al., "Megatron-LM", 2019, arXiv:1909.08053, section 3: the cross-entropy of
    a split vocabulary.

    Examples
    --------
    >>> import numpy as np
    >>> from autograder.practice import ranks
    >>> shards = [np.array([1.0, 3.0]), np.array([2.0])]
    >>> parts = ranks(2).run(softmax_sharded, shards)
    >>> [part.round(4).tolist() for part in parts]
    [[0.09, 0.6652], [0.2447]]

    A rank that holds nothing:

    >>> parts = ranks(2).run(softmax_sharded, [np.array([1000.0, 2000.0]), np.array([])])
    >>> [part.tolist() for part in parts]
    [[0.0, 1.0], []]

    Whole numbers, of which one rank holds none:

    >>> parts = ranks(2).run(softmax_sharded, [np.array([7, 7]), np.array([], dtype=int)])
    >>> [part.tolist() for part in parts]
    [[0.5, 0.5], []]
    """
    raise NotImplementedError
