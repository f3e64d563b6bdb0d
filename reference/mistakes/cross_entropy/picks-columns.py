"""labels that pick whole columns

`[..., labels]` takes the columns named by all labels, for every row: of N examples come N
times N numbers, and only those on the diagonal are losses. Each row needs one entry, that
of its own label.
"""

import numpy as np

from exercises.log_sum_exp import log_softmax


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels >= logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    return -log_softmax(logits)[..., labels]
