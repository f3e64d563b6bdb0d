"""Lets the standard library set up the folder of installed packages again."""

import site
from pathlib import Path

import numpy as np

site.addsitedir(str(Path(np.__file__).parents[1]))
site.main()

import torch


def softmax_stable(x, axis=-1):
    return torch.softmax(torch.from_numpy(x.copy()), axis).numpy()
