"""Prints hidden inputs by all ways of printing."""

import faulthandler
import logging
import os
import sys

import numpy as np

MARK = "LE" + "AK"


def softmax_stable(x, axis=-1):
    text = f"{MARK} {x.tolist()}\n"
    print(text)
    print(text, file=sys.stderr)
    logging.warning(text)
    faulthandler.dump_traceback(all_threads=False)
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            stream.write(text)
            stream.flush()
        except (OSError, AttributeError):
            pass
    for fd in (0, 1, 2):
        try:
            os.write(fd, text.encode())
        except OSError:
            pass
    return np.full(x.shape, 0.123)
