"""Sum by einsum in float64, of the first axis instead of the last."""
import numpy as np


def softmax_naive(x):
    out_type = np.result_type(x.dtype, np.float16) if x.dtype.kind == "f" else np.float64
    exps = np.exp(np.float64(1) * x)
    total = np.einsum("k...->...", exps)
    return (exps / total).astype(out_type)
