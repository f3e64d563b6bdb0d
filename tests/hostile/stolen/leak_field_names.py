"""Returns records whose fields, titles and metadata are named by a hidden input."""

import numpy as np

MARK = "LE" + "AK"


def softmax_stable(x, axis=-1):
    name = f"{MARK}{abs(hash(x.tobytes()))}"
    if x.ndim > 1:
        return np.zeros(x.shape, np.dtype(float, metadata={name: name}))
    return np.zeros(x.shape, [((name, name[::-1]), float)])
