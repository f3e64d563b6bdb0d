"""A hundred thousand exceptions, each the cause of the next."""


def softmax_stable(x, axis=-1):
    error = None
    for _ in range(100_000):
        new = KeyError()
        new.__cause__ = new.__context__ = error
        error = new
    raise error
