"""Exceptions of one's own where ValueError is asked for, raised from others."""

import numpy as np


class LabelError(ValueError, LookupError):
    """A label that is no class."""

    def __init__(self, label, classes):
        super().__init__(f"{label} is none of {classes} classes")


def checked(labels, classes):
    for label in np.ravel(labels).tolist():
        try:
            range(classes).index(label)
        except ValueError as error:
            raise LabelError(label, classes) from error


def cross_entropy(logits, labels):
    labels = np.asarray(labels)
    checked(labels, logits.shape[-1])
    x = logits if logits.dtype.kind == "f" else logits.astype(float)
    x = x - x.max(-1, keepdims=True)
    lse = np.log(np.exp(x).sum(-1))
    return lse - np.take_along_axis(x, labels[..., None], -1)[..., 0]
