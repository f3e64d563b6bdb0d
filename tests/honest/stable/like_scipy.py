# Style: as SciPy has it: amax and keepdims by hand
import numpy as np


def softmax_stable(x, axis=-1):
    x = np.asarray(x)
    if not np.issubdtype(x.dtype, np.floating):
        x = x.astype(np.float64)
    x_max = np.expand_dims(np.amax(x, axis=axis), axis)
    shifted = np.exp(np.subtract(x, x_max))
    return shifted / np.expand_dims(np.add.reduce(shifted, axis=axis), axis)
