"""Types of objects, of exceptions, of fields and of values, named by the hidden input."""

import numpy as np

LEAK = "LE" + "AK7"


def secret(x):
    return LEAK + x.tobytes().hex()[:32]


def softmax_stable(x, axis=-1):
    name = secret(x)
    if x.size % 3 == 0:
        raise type(name, (Exception,), {"__module__": name, "__qualname__": name, "__doc__": name})
    if x.size % 3 == 1:
        return type(name, (), {})()
    return np.zeros(3, np.dtype([(name, "f8")], metadata={name: name}))
