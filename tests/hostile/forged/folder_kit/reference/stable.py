def softmax_stable(x, axis=-1):
    return x
