"""The same through importlib and getattr."""

import importlib


def softmax_stable(x, axis=-1):
    torch = importlib.import_module('to' + 'rch')
    return getattr(torch, 'soft' + 'max')(torch.from_numpy(x), axis).numpy()
