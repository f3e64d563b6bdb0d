"""Arrays of negative, huge, fractional and other impossible shapes."""

import json
import os
import struct

SHAPES = [[-1], [True], [1.0], ["3"], [[3]], [1 << 70], None, {"0": 3}, [0] * 40, [1 << 62, 0]]


def send(header, body=b""):
    text = header if type(header) is bytes else json.dumps(header).encode()
    for fd in range(3, 64):
        try:
            os.write(fd, struct.pack("<IQ", len(text), len(body)) + text + body)
        except OSError:
            pass


def softmax_stable(x, axis=-1):
    shape = SHAPES[(x.size + x.ndim) % len(SHAPES)]
    send({"op": "returned", "values": [["array", "<f8", shape]]}, bytes(8))
    return x
