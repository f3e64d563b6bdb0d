"""An exception whose constructor talks, raises another, and makes what is no exception."""


class Made(Exception):
    def __new__(cls, *args):
        print("made")
        if cls is Made:
            return 3
        return super().__new__(cls, *args)


def softmax_stable(x, axis=-1):
    raise Made
