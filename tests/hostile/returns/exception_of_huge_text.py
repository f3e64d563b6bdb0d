"""An exception with a text of a hundred megabytes."""


class Loud(Exception):
    def __str__(self):
        return "loud" * 25_000_000


def softmax_stable(x, axis=-1):
    raise Loud
