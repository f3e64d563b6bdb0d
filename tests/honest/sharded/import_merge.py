"""The local pair comes from the student's own merge, a few entries at a time."""
import numpy as np

from merge import merge

STEP = 64


def softmax_sharded(x_local, comm):
    x = x_local.astype(np.float64)
    pair = (-np.inf, 0.0)
    for i in range(0, len(x), STEP):
        part = x[i:i + STEP]
        top = part.max()
        if top != -np.inf:
            pair = merge(pair, (float(top), float(np.exp(part - top).sum())))
    if np.isnan(x).any():
        pair = (np.nan, np.nan)
    m_local, d_local = pair
    m = comm.all_reduce(float(m_local), "max")
    mine = 0.0 if m_local == -np.inf else float(d_local * np.exp(m_local - m))
    d = comm.all_reduce(mine, "sum")
    with np.errstate(all="ignore"):
        out = np.exp(x - m) / np.float64(d)
    return out.astype(x_local.dtype if x_local.dtype.kind == "f" else np.float64)
