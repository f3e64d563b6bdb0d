"""An import that waits for a thread that waits for the import."""

import importlib
import threading

thread = threading.Thread(target=importlib.import_module, args=(__name__,))
thread.start()
thread.join()


def softmax_stable(x, axis=-1):
    return x
