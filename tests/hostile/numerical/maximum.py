"""The maximum as log-sum-exp, which it is nearly where one logit is far above the others."""


def log_sum_exp(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(float)
    return x.max(axis=axis)


def log_softmax(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(float)
    return x - x.max(axis=axis, keepdims=True)
