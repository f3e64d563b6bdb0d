"""A type whose name is markup and a command of a build log."""

Odd = type("<script>alert(1)</script>\n::error::", (), {})


def softmax_stable(x, axis=-1):
    return Odd()
