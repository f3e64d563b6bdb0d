"""Links, pictures, tables, fences and mentions."""

def softmax_stable(x, axis=-1):
    raise ValueError("``` ```` ~~~\n# head [a](https://x.example) ![i](https://x.example/i.png) @everyone #1 | a | b |")
