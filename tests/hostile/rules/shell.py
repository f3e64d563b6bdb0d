"""Has the answer computed by the shell."""

import os

import numpy as np


def softmax_stable(x, axis=-1):
    with os.popen(f"awk 'BEGIN {{ print exp({x.size}) }}'") as answer:
        return np.array(float(answer.read()))
