"""the logarithm to base 2

Everything here is in nats: the logarithm that undoes e^x is the natural one, `np.log`. That to
base 2 is larger by a factor of 1.44, and only the logarithm of 1 is the same.
"""

import numpy as np


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray | float:
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels >= logits.shape[-1]):
        raise ValueError("a label is not one of the classes")
    c = logits.max(axis=-1, keepdims=True)
    of_label = np.take_along_axis(logits, labels[..., None], axis=-1)[..., 0]
    return np.log2(np.exp(logits - c).sum(axis=-1)) + c[..., 0] - of_label
