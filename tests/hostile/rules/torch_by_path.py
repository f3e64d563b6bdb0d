"""Adds the folder of installed packages to the places where Python looks."""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(np.__file__).parents[1]))
sys.path_importer_cache.clear()

import torch


def softmax_stable(x, axis=-1):
    return torch.softmax(torch.from_numpy(x.copy()), axis).numpy()
