"""Generators and coroutines that send to each other."""

import numpy as np


def running(dim):
    m, d, out = -np.inf, 0.0, np.zeros(dim)
    while True:
        item = yield out / d if d else out
        if item is None:
            continue
        score, value = item
        if score > m:
            d, out, m = d * np.exp(m - score), out * np.exp(m - score), score
        weight = np.exp(score - m)
        d, out = d + weight, out + weight * value


def pairs(kv_blocks):
    for k, v in kv_blocks:
        yield from zip(k.astype(float), v.astype(float), strict=True)


def attention_online(q, kv_blocks, scale=None):
    scale = q.shape[1] ** -0.5 if scale is None else scale
    wide, rows, answers = q.astype(float), [], []
    for key, value in pairs(kv_blocks):
        if not rows:
            rows = [running(len(value)) for _ in q]
            answers = [next(row) for row in rows]
        scores = np.einsum("qd,d->q", wide, key) * scale
        answers = [row.send((s, value)) for row, s in zip(rows, scores, strict=True)]
    return np.array(answers).astype(q.dtype)
