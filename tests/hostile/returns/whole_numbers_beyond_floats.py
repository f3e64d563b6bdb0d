"""A pair of whole numbers that no float can hold, one of them of a million digits."""


def merge(a, b):
    return 10**5000, 1 << 3_000_000


def softmax_chunked(x, n_chunks):
    return 1 << 99
