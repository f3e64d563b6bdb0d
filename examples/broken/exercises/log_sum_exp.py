import numpy as np
import scipy.special


def log_sum_exp(x, axis=-1):
    return scipy.special.logsumexp(x, axis=axis)


def log_softmax(x, axis=-1):
    return scipy.special.log_softmax(x, axis=axis)
