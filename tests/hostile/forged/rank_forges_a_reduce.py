"""A rank sends more all-reduces than it made, with values that spoil the others' answers."""

import json
import os
import struct

import numpy as np


def send(header, body=b""):
    text = header if type(header) is bytes else json.dumps(header).encode()
    for fd in range(3, 64):
        try:
            os.write(fd, struct.pack("<IQ", len(text), len(body)) + text + body)
        except OSError:
            pass


def softmax_sharded(x_local, comm):
    if comm.rank == 0:
        send({"op": "ask", "reduce": "max", "value": ["float", "inf"]})
    m = comm.all_reduce(float(x_local.max(initial=-np.inf)), "max")
    d = comm.all_reduce(float(np.exp(x_local - m).sum()), "sum")
    return np.full(x_local.shape, 0.123 * d)
