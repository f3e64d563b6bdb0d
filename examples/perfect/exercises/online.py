from math import exp, inf

import numpy as np

from .stable import softmax_stable  # to compare with, see below


def update(m, d, value):
    """(m, d) after one more value."""
    if value == -inf:
        return m, d
    m_new = max(m, value)
    return m_new, d * exp(m - m_new) + exp(value - m_new)


def online_normalizer(stream):
    m, d = -inf, 0.0
    for value in stream:
        m, d = update(m, d, value)
    return m, d


def softmax_online(x):
    dtype = x.dtype if np.issubdtype(x.dtype, np.floating) else np.float64
    m, d = online_normalizer(float(v) for v in x)
    if d == 0:  # everything masked
        return np.full(x.shape, np.nan, dtype)
    return (np.exp(x.astype(np.float64) - m) / d).astype(dtype)


if __name__ == "__main__":
    x = np.random.default_rng(0).normal(size=1000)
    print(np.abs(softmax_online(x) - softmax_stable(x)).max())
