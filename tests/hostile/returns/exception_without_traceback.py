"""An exception whose traceback is a property that raises."""


class Untraced(ValueError):
    @property
    def __traceback__(self):
        raise RuntimeError("no traceback")


def softmax_stable(x, axis=-1):
    raise Untraced
