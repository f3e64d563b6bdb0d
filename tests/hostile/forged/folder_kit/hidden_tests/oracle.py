def exact_softmax(x, axis=-1):
    return x
