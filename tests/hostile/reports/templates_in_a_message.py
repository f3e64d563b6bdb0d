"""What template engines would fill in."""

def softmax_stable(x, axis=-1):
    raise ValueError("{{ report }}{% include '/etc/passwd' %}${{ secrets.GITHUB_TOKEN }}")
