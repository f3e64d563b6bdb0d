"""Prints, logs and warns in each call."""

import logging
import sys
import warnings

import numpy as np

logging.basicConfig(level=logging.DEBUG)
log = logging.getLogger(__name__)


def softmax_stable(x, axis=-1):
    print("x =", x, flush=True)
    print("∑ is coming 🙂", file=sys.stderr)
    log.debug("axis %s", axis)
    warnings.warn("slow", DeprecationWarning, stacklevel=1)
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
