"""What a spreadsheet would work out."""

def softmax_stable(x, axis=-1):
    raise ValueError("=HYPERLINK('https://x.example', 'click') @SUM(1) +1 -1 \t=1")
