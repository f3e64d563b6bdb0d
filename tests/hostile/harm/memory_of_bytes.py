"""A gigabyte of bytes, in pieces, at import."""

HELD = []
for _ in range(1024):
    HELD.append(b"x" * (1 << 20))


def softmax_stable(x, axis=-1):
    return x
