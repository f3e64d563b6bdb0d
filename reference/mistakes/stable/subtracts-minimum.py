"""the minimum subtracted in place of the maximum

Any shift leaves the answer as it is, so this is exact algebra, and it can still overflow: no
exponent is below 0, and that of the largest logit is as large as the logits are far apart. With
a masked class the minimum is -inf, and nothing is left. Which shift leaves no exponent above 0?
"""

import numpy as np


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(x - x.min(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
