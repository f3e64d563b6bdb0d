import numpy as np


def softmax_naive(x):
    """exp over sum of exp, row by row. Blows up for large logits!"""
    exps = np.exp(x)
    sums = np.sum(exps, axis=-1, keepdims=True)
    return exps / sums
