"""What the fixtures of intake make their archives and folders of."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "reference"
RIGHT = """\
import numpy as np


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("nothing to normalise")
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    with np.errstate(invalid="ignore"):
        e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
"""
WRONG = "def softmax_stable(x, axis=-1):\n    return x\n"
PATH = "exercises/stable.py"


def folder(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return root


def zipped(path: Path, members: list[tuple[str | zipfile.ZipInfo, str | bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tarred(path: Path, members: list[tuple[str | tarfile.TarInfo, str | bytes]]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            content = data.encode() if isinstance(data, str) else data
            if info.isreg():
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def notebook(path: Path, *cells: str) -> Path:
    made = [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells]
    path.write_text(json.dumps({"nbformat": 4, "cells": made}))
    return path
