"""Raises a group of exceptions with hidden inputs in its message and its members."""

MARK = "LE" + "AK"


def softmax_stable(x, axis=-1):
    members = [ValueError(f"{MARK}{value}") for value in x.ravel()[:5].tolist()]
    raise ExceptionGroup(f"{MARK}{x.tolist()}", members or [ValueError(MARK)])
