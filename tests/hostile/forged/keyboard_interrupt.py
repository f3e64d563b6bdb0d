"""As if somebody had pressed Ctrl-C."""

def softmax_stable(x, axis=-1):
    raise KeyboardInterrupt
