import numpy as np

LOWEST = -1.0e6


def online_normalizer(stream):
    top = LOWEST
    acc = 0.0
    for number in stream:
        old, top = top, np.maximum(top, number)
        acc = acc * np.exp(old - top) + np.exp(number - top)
    if acc == 0.0:
        return -np.inf, 0.0
    return float(top), float(acc)


def softmax_online(x):
    wide = x.astype(np.float64)
    m, d = online_normalizer(iter(wide))
    y = np.exp(wide - m) / d
    return y.astype(x.dtype) if x.dtype.kind == "f" else y
