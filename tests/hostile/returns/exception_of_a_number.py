"""An exception whose text is no text but a number, and its attributes lists."""


class Odd(OSError):
    errno = filename = lineno = name = [[]]

    def __str__(self):
        return 42


def softmax_stable(x, axis=-1):
    raise Odd
