"""Markup and a script in the text of an exception."""

def softmax_stable(x, axis=-1):
    raise ValueError("<script>alert(1)</script><img src=x onerror=alert(1)></code></pre></td>")
