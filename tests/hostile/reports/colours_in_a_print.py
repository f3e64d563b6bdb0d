"""Terminal escapes: colours, titles, links, cursor moves, a bell."""

def softmax_stable(x, axis=-1):
    print("\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]8;;https://x.example\x1b\\link\x9b1A\a\b\r")
    return 1.0
