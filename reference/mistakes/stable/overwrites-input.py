"""writing into the input

`x -= ...` writes into the array of the caller, who finds shifted logits afterwards. It also
fails for read-only arrays. `x - ...` makes a new array.
"""

import numpy as np

EXP_TOO = False  # or True


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    x -= x.max(axis=axis, keepdims=True)
    e = np.exp(x, out=x) if EXP_TOO else np.exp(x)
    return e / e.sum(axis=axis, keepdims=True)
