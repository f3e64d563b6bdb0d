"""Labels checked one by one in Python with >; losses by loops."""
import numpy as np


def check(labels, K):
    for one in np.ravel(labels):
        if int(one) < 0 or int(one) > K:
            raise ValueError(f"no class {one}")


def cross_entropy(logits, labels):
    K = logits.shape[-1]
    check(labels, K)
    kind = logits.dtype if logits.dtype.kind == "f" else np.dtype("f8")
    rows = logits.reshape(-1, K).astype("f8")
    wanted = [int(i) for i in np.ravel(labels)]
    losses = []
    for row, i in zip(rows, wanted):
        top = row.max()
        losses.append(top + np.log(np.exp(row - top).sum()) - row[i])
    return np.array(losses, dtype=kind).reshape(np.shape(labels))
