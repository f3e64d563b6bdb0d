import numpy as np


class Accumulator:
    def __init__(self, queries, dv):
        self.m = np.full(queries, -np.inf)
        self.d = np.zeros(queries)
        self.o = np.zeros((queries, dv))

    def add(self, s, v):
        m = np.maximum(self.m, s.max(axis=1))
        a = np.exp(self.m - m)
        p = np.exp(s - m[:, None])
        self.d = self.d * a + p.sum(axis=1)
        self.o = self.o * a[:, None] + p @ v
        self.m = m

    def result(self):
        return self.o / self.d[:, None]


def attention_online(q, kv_blocks, scale=None):
    state = None
    for k, v in kv_blocks:
        if state is None:
            state = Accumulator(q.shape[0], v.shape[1])
            if scale is None:
                scale = 1 / np.sqrt(v.shape[1])
        state.add(q.astype(float) @ k.astype(float).T * scale, v.astype(float))
    return state.result().astype(q.dtype)
