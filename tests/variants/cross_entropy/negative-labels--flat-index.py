import numpy as np


def lse(rows):
    return np.logaddexp.reduce(rows, axis=1)


def cross_entropy(logits, labels):
    labels = np.array(labels, copy=True)
    n = logits.shape[-1]
    for label in labels.ravel().tolist():
        if not label < n:
            raise ValueError(f"{label} is no class: there are {n}")
    t = logits.dtype if logits.dtype.kind == "f" else np.dtype(float)
    rows = logits.astype(np.float64).reshape(labels.size, n)
    wanted = labels.ravel() % n
    picked = rows.ravel()[np.arange(len(rows)) * n + wanted]
    loss = (lse(rows) - picked).reshape(labels.shape).astype(t)
    return loss if loss.ndim else loss[()]
