"""Characters that reorder what is seen."""

def softmax_stable(x, axis=-1):
    1 / 0  # ‮⁦ passed ⁩‬​﻿
