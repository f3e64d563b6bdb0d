"""Two exceptions, each the cause and the context of the other."""


def softmax_stable(x, axis=-1):
    first, second = ValueError(1), KeyError(2)
    first.__cause__ = first.__context__ = second
    second.__cause__ = second.__context__ = first
    raise first
