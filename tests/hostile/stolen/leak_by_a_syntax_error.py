"""A syntax error that claims to be in a file of that name, and quotes it."""

import numpy as np

LEAK = "LE" + "AK7"


def secret(x):
    return LEAK + x.tobytes().hex()[:32]


def softmax_stable(x, axis=-1):
    raise SyntaxError(secret(x), (secret(x), 3, 5, secret(x)))
