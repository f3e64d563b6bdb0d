"""Sums in a random order, with Python's and NumPy's generators and a seed of its own."""

import random

import numpy as np

rng = np.random.default_rng()


def softmax_sharded(x_local, comm):
    x = x_local if x_local.dtype.kind == "f" else x_local.astype(float)
    order = rng.permutation(len(x))
    m = comm.all_reduce(np.max(x[order], initial=-np.inf), "max")
    with np.errstate(invalid="ignore"):
        e = np.exp(x - m)
    terms = e.tolist()
    random.shuffle(terms)
    return e / comm.all_reduce(sum(terms), "sum")
