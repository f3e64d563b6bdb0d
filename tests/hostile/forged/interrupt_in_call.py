"""Interrupts the call, as the keyboard would."""


def softmax_stable(x, axis=-1):
    raise KeyboardInterrupt
