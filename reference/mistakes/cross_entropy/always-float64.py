"""an answer that is always float64

The values are right, and computing in float64 is allowed. But float16 and float32 logits
must give losses in their own type.
"""

import numpy as np

from exercises.log_sum_exp import log_softmax


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels >= logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    logits = logits.astype(np.float64)
    return -np.take_along_axis(log_softmax(logits), labels[..., None], axis=-1)[..., 0]
