"""A raw escape character in the line that a report quotes."""

def softmax_stable(x, axis=-1):
    1 / 0  # [31m]52;c;ZXZpbA==
