"""Exercise 8: attention in one walk over the keys and values."""

from collections.abc import Iterator

import numpy as np


def attention_online(
    q: np.ndarray,
    kv_blocks: Iterator[tuple[np.ndarray, np.ndarray]],
    scale: float | None = None,
) -> np.ndarray:
    r"""Attention of some queries over a stream of blocks of keys and values.

    .. math:: \mathrm{out} = \mathrm{softmax}(q\,k^T \cdot \mathrm{scale})\; v

    k and v are all blocks one below the other; each query's softmax runs over all keys. For
    long texts the matrix of scores, q kᵀ, is far too large to be stored. It need not be: keep,
    for each query, m and d of the scores so far, and the sum of values weighted with
    exp(score - m). A new block can raise a query's maximum; then that query's d *and* its
    weighted sum are too large by the same factor. At the end, divide the one by the other.

    Parameters
    ----------
    q : array of shape (Tq, D)
        Queries. float16, float32 or float64. Must not be changed.
    kv_blocks : iterator of (k, v)
        k of shape (Bk, D) and v of shape (Bk, Dv), in the type of q. Bk is 1 or more and
        differs from block to block; Dv need not be D. There is at least one block, and no
        block must be changed. The iterator can be walked over once: it has no length, no index
        and no way back, and all its blocks together can be larger than the memory.
    scale : float, optional
        What scores are multiplied with, ``1 / sqrt(D)`` by default.

    Returns
    -------
    array of shape (Tq, Dv)
        For each query a weighted mean of the values, in the type of q.

    References
    ----------
    T. Dao, D. Y. Fu, S. Ermon, A. Rudra, C. Ré, "FlashAttention: Fast and Memory-Efficient
    Exact Attention with IO-Awareness", 2022, arXiv:2205.14135.

    Examples
    --------
    >>> import numpy as np
    >>> q = np.array([[2.0], [0.0]])
    >>> blocks = [(np.array([[1.0], [2.0]]), np.array([[10.0], [60.0]])),
    ...           (np.array([[3.0]]), np.array([[20.0]]))]
    >>> attention_online(q, iter(blocks)).round(4).tolist()
    [[24.5337], [30.0]]

    A query of zeros gives all keys the same weight: the mean of the values. The other looks
    at the key 3 most, less so with half the scale:

    >>> attention_online(q, iter(blocks), scale=0.5).round(4).tolist()
    [[28.8888], [30.0]]

    Large scores are no danger, whichever block they come in:

    >>> attention_online(1000 * q, iter(blocks)).round(4).tolist()
    [[20.0], [30.0]]
    >>> attention_online(1000 * q, iter(blocks[::-1])).round(4).tolist()
    [[20.0], [30.0]]

    >>> half = [(k.astype(np.float16), v.astype(np.float16)) for k, v in blocks]
    >>> attention_online(q.astype(np.float16), iter(half)).dtype.name
    'float16'
    """
    raise NotImplementedError
