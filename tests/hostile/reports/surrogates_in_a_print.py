"""The same printed."""

def softmax_stable(x, axis=-1):
    print("\ud800 and \udfff")
    return 1.0
