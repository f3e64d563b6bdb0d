"""Asserts, and a broad try around everything, also for interrupts."""

import sys

import numpy as np


def softmax_stable(x, axis=-1):
    assert isinstance(x, np.ndarray), type(x)
    try:
        x = x if x.dtype.kind == "f" else x.astype(np.float64)
        e = np.exp(x - x.max(axis=axis, keepdims=True))
        answer = e / e.sum(axis=axis, keepdims=True)
        assert answer.shape == x.shape
        return answer
    except KeyboardInterrupt:
        sys.exit(1)
    except BaseException as error:
        print("failed:", error)
        raise
    finally:
        print("done")
