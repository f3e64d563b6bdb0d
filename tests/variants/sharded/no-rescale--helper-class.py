import numpy as np


class Shard:
    def __init__(self, logits):
        self.kind = logits.dtype if logits.dtype.kind == "f" else np.dtype("float64")
        self.logits = logits.astype("float64")

    def pair(self):
        top = np.max(self.logits, initial=-np.inf)
        base = 0.0 if top == -np.inf else top
        return float(top), float(np.exp(self.logits - base).sum())

    def answer(self, m, d):
        with np.errstate(all="ignore"):
            return (np.exp(self.logits - m) / np.float64(d)).astype(self.kind)


def softmax_sharded(x_local, comm):
    shard = Shard(x_local)
    m, d = shard.pair()
    return shard.answer(comm.all_reduce(m, "max"), comm.all_reduce(d, "sum"))
