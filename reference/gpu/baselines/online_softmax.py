"""What ``online_softmax`` is compared with, and on what.

Every function without an underscore is a baseline, but for ``cases``; its docstring is its name.
"""

from functools import cache

import torch

from autograder.triton_tasks.cases import Case

LENGTHS = [1 << power for power in (10, 12, 13, 14, 15, 16, 17, 18, 20)]


def torch_softmax(x):
    """torch.softmax"""
    return torch.softmax(x, dim=-1)


def _recipe(x):
    e = torch.exp(x.float())
    return (e / e.sum(dim=-1, keepdim=True)).to(x.dtype)


@cache  # the compiler takes seconds to load, and not everyone asks for it
def _compiled():
    return torch.compile(_recipe, dynamic=False)


def compiled_recipe(x):
    """torch.compile of the naive recipe"""
    return _compiled()(x)


def copy(x):
    """a copy"""
    return x.clone()


def cases(card):
    """Rows of 1,024 to 1,048,576 numbers, as many as make a buffer of this card."""
    found = []
    for dtype, itemsize in (("float32", 4), ("bfloat16", 2)):
        if dtype == "bfloat16" and card.capability < 80:
            continue
        for length in LENGTHS:
            rows = card.buffer_bytes // itemsize // length
            case = Case(
                panel=dtype,
                length=length,
                unit="numbers in a row",
                shapes=((rows, length),),
                dtype=dtype,
                nbytes=2 * rows * length * itemsize,
                flops=5 * rows * length,  # a maximum, a difference, exp, a sum, a quotient
                bound="copy",
            )
            found.append(case)
    return found
