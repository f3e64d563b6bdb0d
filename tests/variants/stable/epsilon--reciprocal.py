"""The denominator as a reciprocal, in one dict of steps, with 1e-8 in it."""
import numpy as np


def softmax_stable(x, axis=-1):
    steps = {}
    steps["max"] = np.max(x, axis=axis)
    steps["shifted"] = x - np.expand_dims(steps["max"], axis)
    steps["exp"] = np.exp(steps["shifted"])
    steps["sum"] = np.expand_dims(np.sum(steps["exp"], axis=axis), axis)
    inverse = 1 / (steps["sum"] + 1e-8)
    return steps["exp"] * inverse
