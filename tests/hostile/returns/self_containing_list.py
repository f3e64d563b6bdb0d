"""A list that contains itself."""


def softmax_stable(x, axis=-1):
    answer = [0.5]
    answer.append(answer)
    return answer
