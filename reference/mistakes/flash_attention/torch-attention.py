"""letting PyTorch compute the answer

The kernel only copies what `scaled_dot_product_attention` has computed. All of the maths has to
happen in kernels of your own.
"""

import torch
import triton
import triton.language as tl


@triton.jit
def copy(x_ptr, y_ptr, n, BLOCK: tl.constexpr):
    i = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    tl.store(y_ptr + i, tl.load(x_ptr + i, mask=i < n), mask=i < n)


def flash_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    causal: bool = False,
    scale: float | None = None,
) -> torch.Tensor:
    n_queries, n_keys = q.shape[2], k.shape[2]
    mask = None
    if causal:
        mask = torch.ones(n_queries, n_keys, dtype=torch.bool, device=q.device)
        mask = mask.tril(n_keys - n_queries)
    answer = torch.nn.functional.scaled_dot_product_attention(q, k, v, mask, scale=scale)
    out = torch.empty(q.shape, dtype=q.dtype, device=q.device)
    copy[(triton.cdiv(q.numel(), 1024),)](answer, out, q.numel(), BLOCK=1024)
    return out
