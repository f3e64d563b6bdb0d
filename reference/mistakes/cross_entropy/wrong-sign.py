"""the wrong sign

A logarithm of a probability is 0 or below; a loss is 0 or above, and grows as the right
class falls behind. Compare with the formula: which of its two terms is subtracted from
which?
"""

import numpy as np

from exercises.log_sum_exp import log_softmax


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels >= logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    return np.take_along_axis(log_softmax(logits), labels[..., None], axis=-1)[..., 0]
