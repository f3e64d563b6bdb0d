"""A class of running values, one for each query, in float64."""
import numpy as np


class Running:
    def __init__(self, width):
        self.top, self.weight, self.total = -np.inf, 0.0, np.zeros(width)

    def take(self, scores, values):
        top = max(self.top, scores.max())
        w = np.exp(scores - top)
        self.total = self.total * np.exp(self.top - top) + w @ values
        self.weight = self.weight + w.sum()
        self.top = top


def attention_online(q, kv_blocks, scale=None):
    scale = scale if scale is not None else 1 / np.sqrt(q.shape[1])
    runs = []
    for k, v in kv_blocks:
        if not runs:
            runs = [Running(v.shape[1]) for _ in range(len(q))]
        scores = (q.astype(np.float64) @ k.T.astype(np.float64)) * scale
        for run, row in zip(runs, scores):
            run.take(row, v.astype(np.float64))
    return np.array([run.total / run.weight for run in runs]).astype(q.dtype)
