"""Uses the student's own log_sum_exp: the definition to the letter, in the input's own precision."""
import numpy as np

from log_sum_exp import log_sum_exp


def cross_entropy(logits, labels):
    labels = np.asarray(labels)
    k = logits.shape[-1]
    if np.any((labels < 0) | (labels >= k)):
        raise ValueError("labels must be in [0, K)")
    if not np.issubdtype(logits.dtype, np.floating):
        logits = logits.astype(np.float64)
    picked = np.take_along_axis(logits, labels[..., np.newaxis], axis=-1)
    return log_sum_exp(logits, axis=-1) - picked[..., 0]
