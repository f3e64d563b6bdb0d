"""np.arange(len(labels)) into log-probabilities; vectors are seen to first."""
import numpy as np


def cross_entropy(logits, labels):
    x = logits if logits.dtype.kind == "f" else logits.astype(np.float64)
    labels = np.asarray(labels)
    if (labels < 0).any() or (labels >= x.shape[-1]).any():
        raise ValueError("label is not a class")
    z = x - np.max(x, axis=-1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
    if labels.ndim == 0:
        return -log_p[labels]
    return -log_p[np.arange(len(labels)), labels]
