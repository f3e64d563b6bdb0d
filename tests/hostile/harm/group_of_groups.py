"""A group of exceptions in a group, thirty thousand times."""


def softmax_stable(x, axis=-1):
    error = KeyError()
    for _ in range(30_000):
        error = ExceptionGroup("group", [error])
    raise error
