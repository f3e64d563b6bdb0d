"""Lone surrogates, which no encoding can write."""

def softmax_stable(x, axis=-1):
    raise ValueError("\ud800 and \udfff")
