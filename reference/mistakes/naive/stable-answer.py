"""the stable softmax in place of the naive one

This is a good softmax, but it belongs in `stable.py`. Here the recipe is asked for with its
flaw: no shift, so that large logits overflow and inf/inf is NaN.
"""

import numpy as np

IN_LOG_SPACE = False  # or True


def softmax_naive(x: np.ndarray) -> np.ndarray:
    if IN_LOG_SPACE:
        x = x if x.dtype.kind == "f" else x.astype(np.float64)
        return np.exp(x - np.logaddexp.reduce(x, axis=-1, keepdims=True))
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
