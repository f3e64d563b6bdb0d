"""An object whose texts and pickle are a hundred megabytes each."""


class Wordy:
    def __repr__(self):
        return "w" * 100_000_000

    __str__ = __repr__

    def __reduce__(self):
        return eval, ("'w' * 100_000_000",)

    def __len__(self):
        return 1 << 62


def softmax_stable(x, axis=-1):
    return Wordy()
