"""A named tuple whose methods give other items than it holds."""

import math
from typing import NamedTuple


class Pair(NamedTuple):
    m: float
    d: float


class Lying(Pair):
    walked = None

    def __iter__(self):
        return iter(self.walked)

    def __getitem__(self, place):
        return self.walked[place]

    def __len__(self):
        return 2


def online_normalizer(stream):
    m, d = -math.inf, 0.0
    for x in stream:
        new = max(m, x)
        d = d * math.exp(m - new) + math.exp(x - new) if new > -math.inf else 0.0
        m = new
    pair = Lying(0.5, 0.5)
    pair.walked = (m, d)
    return pair


def softmax_online(x):
    return Lying(0.5, 0.5)
