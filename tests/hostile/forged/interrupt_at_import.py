"""Interrupts whoever imports it, as the keyboard would."""

raise KeyboardInterrupt


def softmax_stable(x, axis=-1):
    return x
