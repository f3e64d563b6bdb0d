"""Reads its own source, name, file and frames, as debuggers and decorators do."""

import inspect
import sys
import traceback

import numpy as np

assert __name__.rpartition(".")[2] == "stable"
assert __file__.endswith("stable.py")


def softmax_stable(x, axis=-1):
    assert "def softmax_stable" in inspect.getsource(sys.modules[__name__])
    assert inspect.signature(softmax_stable).parameters["axis"].default == -1
    assert traceback.extract_stack()[-1].name == "softmax_stable"
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
