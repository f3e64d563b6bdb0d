"""Loops over queries and keys, all in Python floats."""
import math

import numpy as np


def attention_online(q, kv_blocks, scale=None):
    factor = 1 / math.sqrt(q.shape[1]) if scale is None else scale
    queries = q.astype(float)
    state = None
    for k, v in kv_blocks:
        k, v = k.astype(float), v.astype(float)
        if state is None:
            state = [[-math.inf, 0.0, np.zeros(v.shape[1])] for _ in queries]
        for one, s in zip(queries, state):
            for key, value in zip(k, v):
                score = float(one @ key) * factor
                top = max(s[0], score)
                old, new = math.exp(s[0] - top), math.exp(score - top)
                s[0], s[1], s[2] = top, s[1] * old + new, s[2] * old + new * value
    return np.array([acc / d for _, d, acc in state])
