"""A constant that the compiler would fold, and one that it would not."""

TUPLE = ((((((0,) * 99) * 99) * 99) * 99,) * 99)
BITS = 1 << (1 << 33)


def softmax_stable(x, axis=-1):
    return x
