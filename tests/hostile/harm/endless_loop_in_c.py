"""A loop without end inside one call of C, where no signal handler of Python's runs."""

import collections
import itertools


def softmax_stable(x, axis=-1):
    collections.deque(itertools.count(), maxlen=0)
    return x
