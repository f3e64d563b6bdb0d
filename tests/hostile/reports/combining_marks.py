"""Marks heaped on one character, and the longest ligature."""

def softmax_stable(x, axis=-1):
    raise ValueError("e" + "\u0301" * 5000 + "\ufdfd" * 500)
