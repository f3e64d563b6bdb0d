"""letting PyTorch compute the answer

The kernel only copies what `torch.softmax` has computed. All of the maths has to happen in
kernels of your own.
"""

import torch
import triton
import triton.language as tl


@triton.jit
def copy(x_ptr, y_ptr, n_cols, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    for start in range(0, n_cols, BLOCK):
        cols = start + tl.arange(0, BLOCK)
        x = tl.load(x_ptr + row * n_cols + cols, mask=cols < n_cols)
        tl.store(y_ptr + row * n_cols + cols, x, mask=cols < n_cols)


def online_softmax(x: torch.Tensor) -> torch.Tensor:
    answer = torch.softmax(x.to(torch.float32), dim=-1).to(x.dtype)
    y = torch.empty(x.shape, dtype=x.dtype, device=x.device)
    copy[(x.shape[0],)](answer, y, x.shape[1], BLOCK=1024)
    return y
