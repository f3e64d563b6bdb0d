"""Warns with a hidden input and makes the warning an error."""

import warnings

MARK = "LE" + "AK"


def softmax_stable(x, axis=-1):
    warnings.simplefilter("error")
    warnings.warn_explicit(f"{MARK}{x.tolist()}", UserWarning, f"{MARK}.py", x.size, MARK)
