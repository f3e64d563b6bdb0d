"""The input, unchanged."""


def softmax_naive(x):
    return x
