"""A type whose name is markup."""

Odd = type("<b onclick=alert(1)>", (), {})


def softmax_stable(x, axis=-1):
    return Odd()
