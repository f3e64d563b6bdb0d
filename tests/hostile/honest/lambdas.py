"""Nothing but lambdas."""

import numpy as np

floats = lambda x: x if x.dtype.kind == "f" else x.astype(np.float64)
shifted = lambda x, axis: np.exp(x - x.max(axis=axis, keepdims=True))
divided = lambda e, axis: e / e.sum(axis=axis, keepdims=True)
softmax_stable = lambda x, axis=-1: divided(shifted(floats(x), axis), axis)
