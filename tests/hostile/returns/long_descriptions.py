"""A list short enough, of objects whose descriptions together are not."""


class Name:
    pass


Name.__name__ = "Name" * 50
ANSWER = [Name()] * 9_999


def softmax_stable(x, axis=-1):
    return ANSWER
