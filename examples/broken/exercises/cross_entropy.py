import numpy as np
from exercises.log_sum_exp import log_softmax


def cross_entropy(logits, labels):
    loss = -log_softmax(logits)[np.arange(len(labels)), labels]
    return loss.mean()
