"""a solution for vectors and matrices only

`[np.arange(N), labels]` picks one entry of each row of a matrix. With more dimensions
than two, np.arange(N) runs along the first of them only, and shapes do not fit or fit by
accident. The stub names a NumPy function that picks along the last axis in any number of
dimensions.
"""

import numpy as np

from exercises.log_sum_exp import log_softmax


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels >= logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    if logits.ndim == 1:
        return -log_softmax(logits)[labels]
    return -log_softmax(logits)[np.arange(len(logits)), labels]
