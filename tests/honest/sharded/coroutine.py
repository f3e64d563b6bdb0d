"""The algorithm is a generator that yields the reductions it wants; a driver performs them."""
import numpy as np


def _algorithm(x):
    m = yield (float(x.max()) if x.size else -np.inf), "max"
    x = np.exp(x - m)
    s = yield float(x.sum()), "sum"
    return x / np.float64(s)


def _drive(gen, comm):
    request = next(gen)
    while True:
        try:
            request = gen.send(comm.all_reduce(*request))
        except StopIteration as stop:
            return stop.value


def softmax_sharded(x_local, comm):
    with np.errstate(all="ignore"):
        out = _drive(_algorithm(x_local.astype(np.float64)), comm)
    return out.astype(x_local.dtype if x_local.dtype.kind == "f" else np.float64)
