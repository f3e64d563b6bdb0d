"""Asks for more of a stream that has ended, again and again."""

import gc

import numpy as np

worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")


def online_normalizer(stream):
    while True:
        worker._ask({"handle": 0}, [])


def softmax_online(x):
    return np.full(x.shape, 0.123)
