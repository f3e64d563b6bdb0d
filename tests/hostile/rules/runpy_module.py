"""Runs another package as a program."""

import runpy


def softmax_stable(x, axis=-1):
    return runpy.run_module("torch")["softmax"](x, axis)
