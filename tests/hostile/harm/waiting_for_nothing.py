"""Waits for a signal that never comes."""

import select
import signal


def softmax_stable(x, axis=-1):
    while True:
        signal.pause()
        select.select([], [], [])
