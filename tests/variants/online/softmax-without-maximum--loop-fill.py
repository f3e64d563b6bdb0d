import math

import numpy as np


def online_normalizer(stream):
    largest = -math.inf
    weight = 0.0
    for x in stream:
        if x > largest:
            weight = weight * math.exp(largest - x) + 1
            largest = x
        elif x > -math.inf or x != x:
            weight += math.exp(x - largest)
    return float(largest), float(weight)


def softmax_online(x):
    result = np.empty(x.shape, x.dtype if x.dtype.kind == "f" else np.float64)
    _, d = online_normalizer(map(float, x))
    with np.errstate(all="ignore"):
        for i in range(len(x)):
            result[i] = np.exp(np.float64(x[i])) / np.float64(d)
    return result
