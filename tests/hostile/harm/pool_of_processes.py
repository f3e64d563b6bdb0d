"""A pool of processes of the standard library."""

from concurrent.futures import ProcessPoolExecutor


def softmax_stable(x, axis=-1):
    with ProcessPoolExecutor(4) as pool:
        return next(pool.map(abs, [x]))
