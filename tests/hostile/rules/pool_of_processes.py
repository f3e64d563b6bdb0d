"""A pool of processes."""

import multiprocessing


def softmax_stable(x, axis=-1):
    with multiprocessing.Pool(2) as pool:
        return pool.map(abs, x)
