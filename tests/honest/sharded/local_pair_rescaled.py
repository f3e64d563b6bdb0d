"""Each rank makes its own (m, d) first and rescales both to the global maximum."""
import numpy as np


def softmax_sharded(x_local, comm):
    out_dtype = x_local.dtype if np.issubdtype(x_local.dtype, np.floating) else np.dtype(np.float64)
    x = x_local.astype(np.float64)
    with np.errstate(all="ignore"):
        m_local = np.max(x, initial=-np.inf)
        e = np.zeros_like(x) if m_local == -np.inf else np.exp(x - m_local)
        m = comm.all_reduce(float(m_local), "max")
        factor = np.float64(0.0) if m_local == -np.inf else np.exp(m_local - m)
        d = comm.all_reduce(float(e.sum() * factor), "sum")
        return (e * factor / np.float64(d)).astype(out_dtype)
