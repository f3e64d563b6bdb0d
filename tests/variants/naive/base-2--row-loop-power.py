import numpy as np


def softmax_naive(x):
    logits = np.asarray(x)
    if logits.dtype.kind in "iu":
        logits = logits.astype(np.float64)
    two = logits.dtype.type(2)
    answer = np.empty_like(logits)
    for where in np.ndindex(logits.shape[:-1]):
        powers = np.power(two, logits[where])
        answer[where] = powers / powers.sum()
    return answer
