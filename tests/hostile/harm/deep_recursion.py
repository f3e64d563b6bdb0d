"""A recursion without end, with its limit lifted."""

import sys

sys.setrecursionlimit(1 << 30)


def softmax_stable(x, axis=-1):
    return softmax_stable(x, axis)
