# Style: exp2 of the logits in units of ln 2
import numpy as np

LOG2_E = 1.4426950408889634


def softmax_naive(x):
    powers = np.exp2(x * LOG2_E)
    return powers / powers.sum(axis=-1, keepdims=True)
