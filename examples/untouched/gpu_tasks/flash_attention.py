"""GPU task 2: attention without the matrix of scores."""

import torch
import triton
import triton.language as tl

# The class has a ranking by speed, measured on a card. To be in it, choose a nickname (letters and
# digits, 24 at most); nothing else tells who you are. Blank: you are not in it.
NICKNAME = ""


@triton.jit
def attention_kernel(
    q_ptr, k_ptr, v_ptr, out_ptr, n_queries, n_keys, scale,
    CAUSAL: tl.constexpr, D: tl.constexpr, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr,
):  # fmt: skip
    # One program: BLOCK_M queries of one head, tl.program_id(0) and (1), over all their keys.
    # Your code here. Change the parameters as you like, and write more kernels if you need them.
    pass


def flash_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    causal: bool = False,
    scale: float | None = None,
) -> torch.Tensor:
    r"""Attention, for each sequence of a batch and each head on its own.

    .. math:: \mathrm{out} = \mathrm{softmax}(q\,k^T \cdot \mathrm{scale})\; v

    The scores, q kᵀ, are a matrix of Tq x Tk numbers for each head: for long texts far more
    than q, k, v and the answer together, so it must never be stored. What
    ``exercises/attention.py`` does for a stream of keys, a program does here for a block of
    queries: it loads the queries once, then walks over keys and values in blocks, and keeps in
    registers, for each query, m and d of the scores so far and the weighted sum of values. When
    a query's m rises, its d and its sum are brought to the new m. At the end, one is divided by
    the other and stored.

    A *walk* is a load of all of an argument, or a store of all of the answer. q is read once
    and the answer written once. Each block of queries walks over the keys and values, so large
    blocks of queries make few walks, and a causal program can leave out keys that none of its
    queries sees.

    The maths happens in kernels: functions under ``@triton.jit``, made of ``tl`` operations,
    their parameters and constants of the file (``LOG2_E = tl.constexpr(1.4426950408889634)``).
    This function only looks at shapes, allocates with ``torch.empty`` and launches. When it is
    graded, its tensors have shapes but no numbers in them, and what it launches is carried out
    later, so PyTorch can compute nothing here. All that it allocates counts: there is room for
    the answer a few times over, not for scores.

    Three things to know. ``tl.dot`` multiplies two blocks, none of whose sides may be less than
    16, and sums up in float32; it wants both in one type, so bring the weights to that of v.
    ``tl.exp2`` is what a GPU has in hardware: with log2(e) in the scale, nothing else changes. And
    Tq and Tk are rarely multiples of a block, so keys past the end need a score of -inf: a key of
    zeros has a score of 0, and would be given a weight.

    Parameters
    ----------
    q : tensor of shape (B, H, Tq, D)
        Queries. float16, float32 or bfloat16, contiguous. D is 16, 32, 64 or 128. Must not be
        changed, and neither must k and v.
    k, v : tensors of shape (B, H, Tk, D)
        Keys and values, of the same type, contiguous. Tk need not be Tq; any of 1 or more.
    causal : bool, optional
        Whether queries see only keys up to their own place, counted from the *end*: the last
        query sees all keys, the one before all but the last. Query i sees key j if
        ``j <= i + Tk - Tq``.
    scale : float, optional
        What scores are multiplied with, ``1 / sqrt(D)`` by default.

    Returns
    -------
    tensor of shape (B, H, Tq, D)
        For each query a weighted mean of the values, in the type of q. A query that sees no key
        (there are some if causal and Tq > Tk) gets zeros.

    References
    ----------
    T. Dao, D. Y. Fu, S. Ermon, A. Rudra, C. Ré, "FlashAttention: Fast and Memory-Efficient
    Exact Attention with IO-Awareness", 2022, arXiv:2205.14135.

    T. Dao, "FlashAttention-2: Faster Attention with Better Parallelism and Work Partitioning",
    2023, arXiv:2307.08691.

    Examples
    --------
    These run in Triton's interpreter (``TRITON_INTERPRET=1``), which needs no GPU and lets you
    ``print`` in kernels. Its ``tl.dot`` is wrong for bfloat16, so try the other two types.

    All of q are zeros: all keys that a query sees have the same weight, and the answer is the
    mean of their values, here 0, 1, 2 and 3.

    >>> q, k = torch.zeros(1, 1, 2, 16), torch.ones(1, 1, 4, 16)
    >>> v = torch.arange(4.0).reshape(1, 1, 4, 1).expand(1, 1, 4, 16).contiguous()
    >>> flash_attention(q, k, v)[0, 0, :, 0]
    tensor([1.5000, 1.5000])

    The last query sees all four keys, the first all but the last:

    >>> flash_attention(q, k, v, causal=True)[0, 0, :, 0]
    tensor([1.0000, 1.5000])

    Six queries of four keys: the first two see none.

    >>> q = torch.zeros(1, 1, 6, 16)
    >>> flash_attention(q, k, v, causal=True)[0, 0, :, 0]
    tensor([0.0000, 0.0000, 0.0000, 0.5000, 1.0000, 1.5000])

    Many keys, and scores from 0 to 9.99 (16 products of 1 with up to 2.4975, a quarter of it):

    >>> q, k = torch.ones(1, 1, 1, 16), torch.zeros(1, 1, 1000, 16)
    >>> k[0, 0] = (torch.arange(1000.0) / 400)[:, None]
    >>> v = torch.arange(1000.0).reshape(1, 1, 1000, 1).expand(1, 1, 1000, 16).contiguous()
    >>> flash_attention(q, k, v)[0, 0, 0, 0].round(decimals=1)
    tensor(899.5000)

    A scale of your own; large scores are no danger, whichever block they come in:

    >>> flash_attention(q, k, v, scale=1000.0)[0, 0, 0, 0]
    tensor(999.)
    >>> flash_attention(q, k, v, scale=-1000.0)[0, 0, 0, 0].round(decimals=4)
    tensor(0.)

    >>> flash_attention(q.half(), k.half(), v.half()).dtype
    torch.float16
    """
    raise NotImplementedError
