"""writing into the input

`out=x` (like `x -= ...` and `x /= ...`) writes into the array of the caller, who finds
exponentials where the logits were. It also fails for read-only arrays and for integers.
Work in a new array.
"""

import numpy as np

CONVERTS_INTEGERS = False  # or True


def softmax_naive(x: np.ndarray) -> np.ndarray:
    if CONVERTS_INTEGERS and x.dtype.kind != "f":
        x = x.astype(np.float64)
    np.exp(x, out=x)
    return x / x.sum(axis=-1, keepdims=True)
