"""Aborts, as the C library does when its memory is corrupt."""

import os


def softmax_stable(x, axis=-1):
    os.abort()
