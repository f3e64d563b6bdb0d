"""Raises out of code that claims to be a line of its own file, with another text."""

import linecache

MARK = "LE" + "AK"
FILE = "exercises/stable.py"


def softmax_stable(x, axis=-1):
    text = f"1 / 0  # {MARK}{x.tolist()}"
    linecache.cache[FILE] = (len(text), None, [text] * 100, FILE)
    exec(compile("\n" * (x.size % 7) + text, FILE, "exec"))
