"""Right, with one all-reduce of an array that has room for two numbers of each rank."""

import numpy as np


def softmax_sharded(x_local, comm):
    x = x_local.astype(float)
    pairs = np.zeros((comm.size, 2))
    with np.errstate(invalid="ignore"):
        m = x.max(initial=-np.inf)
        shift = m if np.isfinite(m) else 0.0
        pairs[comm.rank] = shift if len(x) and m > -np.inf else -1e300, np.exp(x - shift).sum()
        pairs = comm.all_reduce(pairs, "sum")
        top = pairs[:, 0].max()
        e = np.exp(x - top)
        total = (pairs[:, 1] * np.exp(pairs[:, 0] - top)).sum()
        answer = e / total if total else e * np.nan
        answer = answer * np.nan if np.isinf(total) else answer
    return answer.astype(x_local.dtype if x_local.dtype.kind == "f" else float)
