"""Asks the stream for more when it has ended, for ever."""


def online_normalizer(stream):
    m = 0.0
    while True:
        m = max(m, next(stream, 0.0))


def softmax_online(x):
    while True:
        pass
