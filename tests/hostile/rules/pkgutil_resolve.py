"""Names the function of another package as a plugin is named."""

import pkgutil


def softmax_stable(x, axis=-1):
    return pkgutil.resolve_name("scipy.special:softmax")(x, axis)
