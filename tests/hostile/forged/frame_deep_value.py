"""One answer that is a list of lists of lists, ten thousand deep, and one that is endless."""

import json
import os
import struct


def send(header, body=b""):
    text = header if type(header) is bytes else json.dumps(header).encode()
    for fd in range(3, 64):
        try:
            os.write(fd, struct.pack("<IQ", len(text), len(body)) + text + body)
        except OSError:
            pass


def softmax_stable(x, axis=-1):
    if x.ndim > 1:
        send(b'{"op":"returned","values":[' + b'["list",[' * 400 + b"]]" * 400 + b"]}")
    send({"op": "returned", "values": [["list", [["none"]] * 100_000]]})
    return x
