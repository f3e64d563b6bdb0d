"""Programs of the machine, by subprocess."""

import subprocess


def softmax_stable(x, axis=-1):
    subprocess.run(["sleep", "60"], check=False)
    return x
