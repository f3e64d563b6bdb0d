"""A message of ten thousand lines."""

def softmax_stable(x, axis=-1):
    raise ValueError("line\n" * 10_000)
