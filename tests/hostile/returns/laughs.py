"""Eight lists of a hundred times the same list: ten thousand billion items in little memory."""


def softmax_stable(x, axis=-1):
    answer = []
    for _ in range(7):
        answer = [answer] * 100
    return answer
