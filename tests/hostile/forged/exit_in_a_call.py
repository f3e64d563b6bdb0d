"""Leaves with success in the middle of a call."""

import os


def softmax_stable(x, axis=-1):
    os._exit(0)
