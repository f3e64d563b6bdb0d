"""A few hundred files and folders that hold nothing."""

import os
import tempfile


def softmax_stable(x, axis=-1):
    folder = tempfile.mkdtemp()
    for n in range(300):
        os.mkdir(f"{folder}/{n}")
    return x
