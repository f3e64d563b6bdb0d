import numpy as np


def softmax_naive(x):
    x = np.array(x)
    if not np.issubdtype(x.dtype, np.floating):
        x = x.astype(float)
    log_total = np.logaddexp.reduce(x, axis=-1)
    return np.exp(x - log_total[..., None])
