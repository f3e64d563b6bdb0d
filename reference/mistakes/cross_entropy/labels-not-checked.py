"""labels that are not checked

A label that is not a class must be a ValueError. NumPy takes -1 for the last class and
says nothing; what is too large for it is an IndexError, which is another error than the
one that was promised. Look at the labels before you use them.
"""

import numpy as np

from exercises.log_sum_exp import log_softmax


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    return -np.take_along_axis(log_softmax(logits), labels[..., None], axis=-1)[..., 0]
