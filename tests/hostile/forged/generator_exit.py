"""Raises what ends generators, which is no ordinary exception."""


def softmax_stable(x, axis=-1):
    raise GeneratorExit
