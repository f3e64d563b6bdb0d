"""Minus the student's own log_softmax, picked at the label."""
import numpy as np

from exercises.log_sum_exp import log_softmax


def cross_entropy(logits, labels):
    labels = np.asarray(labels)
    if not np.all((0 <= labels) & (labels < logits.shape[-1])):
        raise ValueError("a label is outside the classes")
    logp = log_softmax(logits)
    return -np.take_along_axis(logp, labels[..., None], axis=-1).squeeze(axis=-1)
