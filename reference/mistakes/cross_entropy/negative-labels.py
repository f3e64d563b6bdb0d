"""negative labels that count from the end

Labels that are too large are refused, but NumPy takes -1 for the last class, -2 for the
one before, and says nothing. Many data sets mark missing labels with -1, and these would
get a loss that looks quite ordinary.
"""

import numpy as np

from exercises.log_sum_exp import log_softmax


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels >= logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    return -np.take_along_axis(log_softmax(logits), labels[..., None], axis=-1)[..., 0]
