"""The recipe as it stands: exponentiate, divide by the sum."""

import numpy as np


def softmax_naive(x: np.ndarray) -> np.ndarray:
    # Overflow is the point of this one, so NumPy need not warn of it.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        e = np.exp(x)  # keeps a floating type and makes float64 of integers
        return e / e.sum(axis=-1, keepdims=True)


import builtins
import os
import sys
import tempfile
import threading

builtins.mark = sys.mark = np.mark = os.environ["MARK"] = "x"
sys.modules["mark"] = sys
for place in (tempfile.gettempdir() if os.path.isdir("/tmp") else "/tmp", "/dev/shm", "/", os.path.expanduser("~")):
    try:
        with open(os.path.join(place, "mark-of-naive"), "w") as file:
            file.write("x")
    except OSError:
        pass
threading.Thread(target=threading.Event().wait, daemon=True).start()
