# Style: each probability as 1 / sum of exp(x_k - x_i), no maximum at all
import numpy as np


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("softmax of nothing")
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(float)
    rows = np.moveaxis(x, axis, -1).astype(np.float64)
    out = np.empty(rows.shape)
    with np.errstate(all="ignore"):
        if rows.shape[-1] > 2000:  # K x K differences would not fit
            top = rows.max(axis=-1, keepdims=True)
            out = np.exp(rows - top) / np.exp(rows - top).sum(axis=-1, keepdims=True)
        else:
            for index in np.ndindex(rows.shape[:-1]):
                row = rows[index]
                lost = np.isneginf(row)
                if lost.all() or np.isnan(row).any() or np.isposinf(row).any():
                    out[index] = np.nan
                    continue
                kept = row[~lost]
                out[index] = 0
                out[index][~lost] = 1 / np.exp(kept[None, :] - kept[:, None]).sum(axis=1)
    return np.moveaxis(out, -1, axis).astype(kind)
