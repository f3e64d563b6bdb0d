"""The same in the line that a report quotes."""

def softmax_stable(x, axis=-1):
    1 / 0  # ```` </details> [a](https://x.example) <https://x.example> `` ` @everyone
