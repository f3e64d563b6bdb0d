"""Leaves, and hangs on the way out: in exit handlers and in a thread that is waited for."""

import atexit
import sys
import threading
import time

atexit.register(time.sleep, 60)
threading._register_atexit(time.sleep, 60)
threading.Thread(target=time.sleep, args=(60,)).start()


def softmax_stable(x, axis=-1):
    sys.exit(0)
