"""A lock taken twice."""

import threading

lock = threading.Lock()


def softmax_stable(x, axis=-1):
    with lock, lock:
        return x
