"""Files of a megabyte, each word of them another, and a type whose name is looked for in all."""

import itertools
from pathlib import Path

from tests.hostile.building import folder


def make(here: Path) -> Path:
    words = map("".join, itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=4))
    files = {}
    for name in ("naive", "log_sum_exp", "cross_entropy", "online", "merge"):
        files[f"exercises/{name}.py"] = "# " + " ".join(itertools.islice(words, 200_000))
    files["exercises/stable.py"] = "class Zz9:\n    pass\n\n\ndef softmax_stable(x, axis=-1):\n    return Zz9()\n"
    return folder(here / "s", files)
