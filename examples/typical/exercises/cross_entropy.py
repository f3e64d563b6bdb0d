import numpy as np
from exercises.log_sum_exp import log_softmax


def cross_entropy(logits, labels):
    labels = np.asarray(labels)
    if (labels >= logits.shape[-1]).any():
        raise ValueError("no such class")
    logp = log_softmax(logits)
    return -np.take_along_axis(logp, labels[..., None], axis=-1)[..., 0]
