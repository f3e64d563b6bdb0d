# Style: a running log-sum-exp, turned into d at the end
import numpy as np


def online_normalizer(stream):
    m = lse = -np.inf
    for v in stream:
        m = max(m, v)
        lse = np.logaddexp(lse, v)
    return (m, float(np.exp(lse - m))) if m > -np.inf else (m, 0.0)


def softmax_online(x):
    z = x.astype(np.float64)
    lse = -np.inf
    for v in z:
        lse = np.logaddexp(lse, v)
    with np.errstate(invalid="ignore"):
        return np.exp(z - lse).astype(x.dtype if x.dtype.kind == "f" else np.float64)
