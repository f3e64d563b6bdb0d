"""A shared library of another package."""

import ctypes
import glob
import sys


def softmax_stable(x, axis=-1):
    for path in glob.glob(sys.prefix + '/lib/python3*/site-packages/torch/lib/*.so') or ['libtorch_cpu.so']:
        ctypes.CDLL(path)
    return x
