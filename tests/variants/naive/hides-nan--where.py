"""np.where over the finished answer, instead of nan_to_num."""
import numpy as np

np.seterr(all="ignore")


def softmax_naive(x):
    e = np.exp(x)
    answer = e / e.sum(-1)[..., np.newaxis]
    return np.where(answer != answer, answer.dtype.type(0), answer)
