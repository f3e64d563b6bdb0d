"""Imports PyTorch under a name made of two parts."""

import importlib


def softmax_stable(x, axis=-1):
    module = importlib.import_module("tor" + "ch")
    return module.softmax(module.from_numpy(x.copy()), axis).numpy()
