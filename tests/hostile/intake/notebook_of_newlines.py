"""Thirty megabytes of newlines, more than a megabyte of code, and an exception said to be in it."""

import json
from pathlib import Path


def make(here: Path) -> Path:
    code = "def softmax_stable(x, axis=-1):\n    exec(compile('1 / 0', 'work.ipynb', 'exec'))\n"
    cells = [{"cell_type": "code", "source": source} for source in (code, "#" + "x" * (1100 << 10))]
    document = json.dumps({"cells": cells})
    path = here / "work.ipynb"
    path.write_text("{" + "\n" * ((31 << 20) - len(document)) + document[1:])
    return path
