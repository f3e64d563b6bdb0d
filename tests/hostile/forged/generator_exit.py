"""An exception that generators end with."""

def softmax_stable(x, axis=-1):
    raise GeneratorExit
