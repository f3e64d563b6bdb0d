"""A pair of booleans, which are whole numbers to Python."""


def merge(a, b):
    return True, True


def softmax_chunked(x, n_chunks):
    return True
