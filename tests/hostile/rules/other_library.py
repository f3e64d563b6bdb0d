"""Loads the library of another package with ctypes."""

import ctypes
from pathlib import Path

import numpy as np

library = ctypes.CDLL(str(Path(np.__file__).parents[1] / "torch" / "lib" / "libtorch_cpu.so"))


def softmax_stable(x, axis=-1):
    return library.softmax(x, axis)
