"""the mean of the losses in place of each

A batch gives one number here. That is what a training loop wants in the end, but this
function gives each example its own loss, neither summed nor averaged: the answer has the
shape of the labels.
"""

import numpy as np

from exercises.log_sum_exp import log_softmax


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels >= logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    return -np.take_along_axis(log_softmax(logits), labels[..., None], axis=-1)[..., 0].mean()
