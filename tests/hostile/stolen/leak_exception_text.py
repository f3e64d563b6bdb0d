"""Raises a hidden input as text, in all parts of an exception and in what it came from."""

MARK = "LE" + "AK"


def softmax_stable(x, axis=-1):
    text = f"{MARK}{x.tolist()}"
    error = ValueError(text, {text: text})
    error.add_note(text)
    error.__cause__ = KeyError(text)
    error.__context__ = RuntimeError(text)
    error.name = error.filename = error.msg = error.text = text
    raise error
