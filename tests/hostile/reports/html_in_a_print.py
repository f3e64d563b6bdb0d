"""Markup in what is printed."""

def softmax_stable(x, axis=-1):
    print("</details><iframe srcdoc='<script>1</script>'></iframe>")
    return 1.0
