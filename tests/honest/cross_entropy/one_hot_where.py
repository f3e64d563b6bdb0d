"""One-hot mask by comparison with arange; np.where keeps 0 * inf away."""
import numpy as np


def cross_entropy(logits, labels):
    out_type = logits.dtype if logits.dtype.kind == "f" else np.float64
    labels = np.asarray(labels)
    classes = np.arange(logits.shape[-1])
    one_hot = labels[..., None] == classes
    if not one_hot.any(axis=-1).all():
        raise ValueError("every label must name one of the classes")
    x = logits.astype(np.float64)
    x = x - x.max(axis=-1, keepdims=True)
    target = np.einsum("...k->...", np.where(one_hot, x, 0.0))
    return (np.log(np.exp(x).sum(-1)) - target).astype(out_type)
