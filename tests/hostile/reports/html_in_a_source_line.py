"""Markup in the line that a report quotes."""

def softmax_stable(x, axis=-1):
    1 / 0  # </pre><script>alert(1)</script>
