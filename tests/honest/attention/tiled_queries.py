"""The queries are tiled too; each tile has its own state dictionary."""
import math
import numpy as np

TILE = 4


def attention_online(q, kv_blocks, scale=None):
    n, dim = q.shape
    scale = 1 / math.sqrt(dim) if scale is None else scale
    tiles = []
    for lo in range(0, n, TILE):
        t = q[lo:lo + TILE].astype(np.float64) * scale
        tiles.append({"q": t, "m": np.full((len(t), 1), -np.inf), "d": np.zeros((len(t), 1)), "o": 0.0})
    dv = 0
    for k, v in kv_blocks:
        dv = v.shape[1]
        if len(k) == 0:
            continue
        kt, vt = k.astype(np.float64).T, v.astype(np.float64)
        for tile in tiles:
            s = tile["q"] @ kt
            m = np.maximum(tile["m"], np.max(s, axis=1, keepdims=True))
            w = np.exp(tile["m"] - m)
            p = np.exp(s - m)
            tile.update(m=m, d=tile["d"] * w + p.sum(1, keepdims=True), o=tile["o"] * w + p @ vt)
    out = np.empty((n, dv), dtype=q.dtype)
    for i, tile in enumerate(tiles):
        out[i * TILE:(i + 1) * TILE] = tile["o"] / tile["d"]
    return out
