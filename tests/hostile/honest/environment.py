"""Reads the environment, the clock and the version, each with something to fall back on."""

import os
import platform
import sys
import time

import numpy as np

THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))
HOME = os.getenv("HOME", "/nowhere")
DEBUG = "--debug" in sys.argv
STARTED = time.perf_counter(), platform.python_version(), os.getpid(), os.cpu_count()


def softmax_stable(x, axis=-1):
    if DEBUG or os.path.exists(os.path.join(HOME, ".debug")):
        print(THREADS, STARTED)
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
