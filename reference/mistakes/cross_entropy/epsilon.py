"""a small number added before the logarithm

It prevents log(0), but puts a ceiling on the loss: with 1e-9 no example can be more wrong
than 20.7, however far behind its class is, and a sure winner gets a loss just below 0.
Straight from the logits there is no log(0).
"""

import numpy as np

from exercises.stable import softmax_stable

EPSILON = 1e-9  # or 1e-6, 1e-7, 1e-8, 1e-10, 1e-12, 1e-15


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels >= logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    p = np.take_along_axis(softmax_stable(logits), labels[..., None], axis=-1)[..., 0]
    return -np.log(p + EPSILON)
