"""A row that fits on the chip is read once; a longer one twice, the second time from the cache."""

import torch
import triton
import triton.language as tl

ON_CHIP = 16384  # numbers of a row that one program holds in registers
CHUNK = 8192  # numbers of a longer row that a program takes in at a time


@triton.jit
def short_rows(x_ptr, y_ptr, n_rows, n_cols, x_stride, ROWS: tl.constexpr, BLOCK: tl.constexpr):
    # 64 bits: the last row of a large tensor starts beyond 2^31.
    rows = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)[:, None]
    cols = tl.arange(0, BLOCK)[None, :]
    inside = (rows < n_rows) & (cols < n_cols)
    x = tl.load(x_ptr + rows * x_stride + cols, mask=inside, other=-float("inf")).to(tl.float32)
    # -inf - (-inf) and inf - inf are NaN: as they should be, for rows that have no answer.
    e = tl.exp(x - tl.max(x, axis=1, keep_dims=True))
    y = e * (1.0 / tl.sum(e, axis=1, keep_dims=True))
    tl.store(y_ptr + rows * n_cols + cols, y, mask=inside)


# A program that walked over its whole row twice would find nothing of it in the cache the second
# time: there are hundreds of programs, and their rows do not all fit. So a row is cut into chunks,
# one for each program, and written soon after it was read:
#
#     program    0     1     2     3     4     5     6     7     8     9     10    11
#     takes in   0.0   0.1   0.2   1.0   1.1   1.2   2.0   2.1   2.2    (row.chunk)
#     writes                       0.0   0.1   0.2   1.0   1.1   1.2   2.0   2.1   2.2
#
# Here a row has 3 chunks and is written 1 row behind. Program 4 needs m and d of 0.0, 0.1 and 0.2,
# which lower numbers take in. A card may start programs in any order, so they draw their numbers
# themselves. Then lower numbers are under way already, and none waits for one that is not.
@triton.jit
def long_rows(
    x_ptr, y_ptr, m_ptr, d_ptr, done_ptr, next_ptr, n_rows, n_cols, x_stride, n_chunks, behind,
    CHUNK: tl.constexpr, CHUNKS: tl.constexpr,
):  # fmt: skip
    number = tl.atomic_add(next_ptr, 1, sem="relaxed")
    row = (number // n_chunks).to(tl.int64)
    start = number % n_chunks * CHUNK
    cols = tl.arange(0, CHUNK)
    inside = cols < n_cols - start

    if row < n_rows:  # take in: m and d of this chunk
        x_ptrs = x_ptr + row * x_stride + start + cols
        x = tl.load(x_ptrs, mask=inside, other=-float("inf"), eviction_policy="evict_last")
        x = x.to(tl.float32)
        m = tl.max(x, axis=0)
        # Nothing but -inf: d is 0, and -inf - (-inf) would be NaN.
        d = tl.sum(tl.exp(x - tl.where(m == -float("inf"), 0.0, m)), axis=0)
        tl.store(m_ptr + number, m)
        tl.store(d_ptr + number, d)
        # All threads have stored before the one that counts does, and "release" makes what was
        # stored before visible before the count is. "acquire" below is the other half of this.
        tl.debug_barrier()
        tl.atomic_add(done_ptr + row, 1, sem="release")

    row -= behind
    if row >= 0:  # write: what this needs from memory is under way while the program waits
        x_ptrs = x_ptr + row * x_stride + start + cols
        x = tl.load(x_ptrs, mask=inside, other=0.0, eviction_policy="evict_first")
        while tl.atomic_add(done_ptr + row, 0, sem="acquire") < n_chunks:
            pass
        chunks = tl.arange(0, CHUNKS)
        own = chunks < n_chunks
        m = tl.load(m_ptr + row * n_chunks + chunks, mask=own, other=-float("inf"))
        d = tl.load(d_ptr + row * n_chunks + chunks, mask=own, other=0.0)
        top = tl.max(m, axis=0)
        d = tl.sum(d * tl.exp(m - tl.where(top == -float("inf"), 0.0, top)), axis=0)
        y = tl.exp(x.to(tl.float32) - top) * (1.0 / d)
        y_ptrs = y_ptr + row * n_cols + start + cols
        tl.store(y_ptrs, y, mask=inside, eviction_policy="evict_first")


def online_softmax(x: torch.Tensor) -> torch.Tensor:
    n_rows, n_cols = x.shape
    y = torch.empty((n_rows, n_cols), dtype=x.dtype, device=x.device)
    if n_cols > ON_CHIP:
        n_chunks = triton.cdiv(n_cols, CHUNK)
        # So far behind that hardly any program waits, and not so far that the cache forgets.
        behind = min(n_rows, triton.cdiv(64, n_chunks))
        m, d = torch.empty((2, n_rows * n_chunks), dtype=torch.float32, device=x.device)
        counts = torch.zeros(1 + n_rows, dtype=torch.int32, device=x.device)
        # Where rows do not begin at multiples of 16, numbers are loaded one by one, each with a
        # mask of its own, for which the compiler takes as many registers as there are.
        aligned = n_cols % 16 == x.stride(0) % 16 == 0
        long_rows[((n_rows + behind) * n_chunks,)](
            x, y, m, d, counts[1:], counts, n_rows, n_cols, x.stride(0), n_chunks, behind,
            CHUNK=CHUNK, CHUNKS=triton.next_power_of_2(n_chunks),
            num_warps=8, maxnreg=None if aligned else 64,
        )  # fmt: skip
        return y
    block = triton.next_power_of_2(n_cols)
    rows = max(1, 4096 // block)  # of a program, so that short rows keep it busy too
    warps = max(4, block // 1024)  # 32 numbers a thread
    grid = (triton.cdiv(n_rows, rows),)
    short_rows[grid](x, y, n_rows, n_cols, x.stride(0), ROWS=rows, BLOCK=block, num_warps=warps)
    return y
