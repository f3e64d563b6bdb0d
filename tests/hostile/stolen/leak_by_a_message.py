"""Raises with the hidden input in message, notes, cause, context and group."""

import numpy as np

LEAK = "LE" + "AK7"


def secret(x):
    return LEAK + x.tobytes().hex()[:32]


def softmax_stable(x, axis=-1):
    error = ExceptionGroup(secret(x), [ValueError(secret(x)), KeyError(secret(x))])
    error.add_note(secret(x))
    raise error from RuntimeError(secret(x))
