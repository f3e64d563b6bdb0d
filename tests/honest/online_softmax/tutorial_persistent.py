# Style: the fused softmax of Triton's tutorials, persistent programs and occupancy
# Needs: model card
import torch
import triton
import triton.language as tl
from triton.runtime import driver

DEVICE = triton.runtime.driver.active.get_active_torch_device()


@triton.jit
def softmax_kernel(output_ptr, input_ptr, input_row_stride, output_row_stride, n_rows, n_cols,
                   BLOCK_SIZE: tl.constexpr, num_stages: tl.constexpr):
    # starting row of the program
    row_start = tl.program_id(0)
    row_step = tl.num_programs(0)
    for row_idx in tl.range(row_start, n_rows, row_step, num_stages=num_stages):
        row_start_ptr = input_ptr + row_idx * input_row_stride
        col_offsets = tl.arange(0, BLOCK_SIZE)
        input_ptrs = row_start_ptr + col_offsets
        mask = col_offsets < n_cols
        row = tl.load(input_ptrs, mask=mask, other=-float('inf')).to(tl.float32)
        row_minus_max = row - tl.max(row, axis=0)
        numerator = tl.exp(row_minus_max)
        denominator = tl.sum(numerator, axis=0)
        softmax_output = numerator / denominator
        output_row_start_ptr = output_ptr + row_idx * output_row_stride
        tl.store(output_row_start_ptr + col_offsets, softmax_output, mask=mask)


@triton.jit
def softmax_kernel_long(output_ptr, input_ptr, input_row_stride, output_row_stride, n_rows, n_cols,
                        BLOCK_SIZE: tl.constexpr):
    row_start = tl.program_id(0)
    row_step = tl.num_programs(0)
    offsets = tl.arange(0, BLOCK_SIZE)
    for row_idx in tl.range(row_start, n_rows, row_step):
        in_ptr = input_ptr + row_idx * input_row_stride
        out_ptr = output_ptr + row_idx * output_row_stride
        row_max = -float('inf')
        denominator = 0.0
        for start in tl.range(0, n_cols, BLOCK_SIZE):
            row = tl.load(in_ptr + start + offsets, mask=start + offsets < n_cols, other=-float('inf')).to(tl.float32)
            new_max = tl.maximum(row_max, tl.max(row, axis=0))
            base = tl.where(new_max == -float('inf'), 0.0, new_max)
            denominator = denominator * tl.exp(row_max - base) + tl.sum(tl.exp(row - base), axis=0)
            row_max = new_max
        for start in tl.range(0, n_cols, BLOCK_SIZE):
            mask = start + offsets < n_cols
            row = tl.load(in_ptr + start + offsets, mask=mask, other=-float('inf')).to(tl.float32)
            tl.store(out_ptr + start + offsets, tl.exp(row - row_max) / denominator, mask=mask)


properties = driver.active.utils.get_device_properties(DEVICE.index)
NUM_SM = properties["multiprocessor_count"]
NUM_REGS = properties["max_num_regs"]
SIZE_SMEM = properties["max_shared_mem"]
WARP_SIZE = properties["warpSize"]


def online_softmax(x):
    n_rows, n_cols = x.shape
    y = torch.empty_like(x)

    if n_cols > 16384:
        softmax_kernel_long[(min(NUM_SM, n_rows), 1, 1)](y, x, x.stride(0), y.stride(0), n_rows, n_cols,
                                                         BLOCK_SIZE=8192, num_warps=8)
        return y

    # The block size of each loop iteration is the smallest power of two greater than the number of columns in `x`
    BLOCK_SIZE = triton.next_power_of_2(n_cols)
    num_warps = 8 if BLOCK_SIZE < 8192 else 16

    # Number of software pipelining stages.
    num_stages = 4 if SIZE_SMEM > 200000 and BLOCK_SIZE < 8192 else 2

    # pre-compile kernel to get register usage and compute thread occupancy.
    kernel = softmax_kernel.warmup(y, x, x.stride(0), y.stride(0), n_rows, n_cols, BLOCK_SIZE=BLOCK_SIZE,
                                   num_stages=num_stages, num_warps=num_warps, grid=(1, ))
    kernel._init_handles()
    n_regs = kernel.n_regs
    size_smem = kernel.metadata.shared
    occupancy = NUM_REGS // (n_regs * WARP_SIZE * num_warps)
    occupancy = min(occupancy, SIZE_SMEM // size_smem)
    num_programs = NUM_SM * occupancy

    num_programs = min(num_programs, n_rows)

    # Create a number of persistent programs.
    kernel[(num_programs, 1, 1)](y, x, x.stride(0), y.stride(0), n_rows, n_cols, BLOCK_SIZE, num_stages)
    return y
