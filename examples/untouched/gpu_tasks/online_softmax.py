"""GPU task 1: softmax of the rows of a matrix, in as few walks as a GPU allows."""

import torch
import triton
import triton.language as tl

# The class has a ranking by speed, measured on a card. To be in it, choose a nickname (letters and
# digits, 24 at most); nothing else tells who you are. Blank: you are not in it.
NICKNAME = ""


@triton.jit
def softmax_kernel(x_ptr, y_ptr, n_cols, x_stride, y_stride, BLOCK: tl.constexpr):
    # One program, of as many as the grid has. Which row is its own? tl.program_id(0) says.
    # Your code here. Change the parameters as you like, and write more kernels if you need them.
    pass


def online_softmax(x: torch.Tensor) -> torch.Tensor:
    r"""Softmax of each row of a matrix.

    .. math:: y_i = \frac{e^{x_i - m}}{d}, \qquad m = \max_k x_k, \qquad d = \sum_k e^{x_k - m}

    A GPU computes far faster than its memory delivers, so this task counts *walks*: the bytes
    that your kernels load from x, or store to the answer, divided by the size of it. What a
    program has loaded, it keeps in registers for as long as the kernel runs, and working on it
    there costs nothing. Numbers that a mask leaves out are not loaded and do not count.

    - A row of up to 16384 numbers fits on the chip: load it once, as one block with a mask,
      work on it, store it. One walk to read, one to write.
    - A longer row does not fit (a block that large spills out of the registers into memory,
      and each spill is a walk that you did not write). Go over it in blocks, keeping m and d of
      what came by, as in ``exercises/online.py``; then go over it once more and write. Two
      walks to read, one to write. Three, one of them for m alone, are one too many.

    The maths happens in kernels: functions under ``@triton.jit``, made of ``tl`` operations,
    their parameters and constants of the file (``LIMIT = tl.constexpr(16384)``). This function
    only looks at shapes and strides, allocates with ``torch.empty`` and launches. When it is
    graded, its tensors have shapes but no numbers in them, and what it launches is carried out
    later, so PyTorch can compute nothing here. ``x.contiguous()`` copies x: that is a walk too.

    Parameters
    ----------
    x : tensor of shape (M, N)
        Logits, in nats. float16, float32 or bfloat16; any M and N of 1 or more. The numbers of
        a row lie side by side. The next row begins ``x.stride(0)`` numbers further, which is N
        or more: x can be a part of a wider matrix. Must not be changed.

    Returns
    -------
    tensor of shape (M, N)
        In the type of ``x``; but compute in float32 (``.to(tl.float32)`` after the load), for
        a sum of many float16 loses its digits. A logit of -inf gets exactly 0. A row of nothing
        but -inf, or with +inf or NaN in it, is NaN, and no other row is.

    References
    ----------
    M. Milakov, N. Gimelshein, "Online normalizer calculation for softmax", 2018,
    arXiv:1805.02867.

    "Fused Softmax", one of the tutorials of Triton,
    https://triton-lang.org/main/getting-started/tutorials/02-fused-softmax.html

    Examples
    --------
    These run in Triton's interpreter (``TRITON_INTERPRET=1``), which needs no GPU and lets you
    ``print`` in kernels. It takes some 4 ms for each program, so try small things.

    >>> online_softmax(torch.tensor([[1.0, 3.0, 2.0], [0.0, 0.0, 0.0]])).round(decimals=4)
    tensor([[0.0900, 0.6652, 0.2447],
            [0.3333, 0.3333, 0.3333]])

    Large logits are no danger. One of -inf gets nothing; nothing but -inf has no softmax:

    >>> inf = float("inf")
    >>> online_softmax(torch.tensor([[1000.0, 2000.0], [-inf, 5.0], [-inf, -inf]]))
    tensor([[0., 1.],
            [0., 1.],
            [nan, nan]])

    A part of a wider matrix: N is 3, but from row to row it is 5.

    >>> wide = torch.zeros(2, 5)
    >>> online_softmax(wide[:, :3]).round(decimals=4)
    tensor([[0.3333, 0.3333, 0.3333],
            [0.3333, 0.3333, 0.3333]])

    The type stays, and the sum of many small numbers is right:

    >>> y = online_softmax(torch.zeros(1, 10000, dtype=torch.float16))
    >>> y.dtype, float(y[0, 0]), float(y[0, -1])
    (torch.float16, 0.00010001659393310547, 0.00010001659393310547)

    A row that is longer than what fits on the chip, with its largest numbers at the end and
    nothing but -inf for a start:

    >>> x = torch.full((1, 40000), -inf)
    >>> x[0, 30000:] = torch.arange(10000.0)
    >>> online_softmax(x)[0, -3:].round(decimals=4)
    tensor([0.0855, 0.2325, 0.6321])
    """
    raise NotImplementedError
