"""A type that cannot be hashed, and so looked up in no set of types."""


class Unhashable(type):
    def __hash__(cls):
        raise ValueError("no hash")


class Loose(metaclass=Unhashable):
    pass


def softmax_stable(x, axis=-1):
    return Loose()
