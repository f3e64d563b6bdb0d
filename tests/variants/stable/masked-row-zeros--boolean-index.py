"""NaNs of the answer found by a boolean index, not by nan_to_num."""
import numpy as np


def softmax_stable(x, axis=-1):
    x = x + 0.0 if x.dtype.kind != "f" else x
    old = np.seterr(all="ignore")
    shifted = np.subtract(x, np.max(x, axis=axis, keepdims=True))
    answer = np.exp(shifted)
    answer /= np.add.reduce(answer, axis=axis, keepdims=True)
    np.seterr(**old)
    answer[np.isnan(answer)] = 0
    return answer
