"""An exception whose name, module and text are commands."""

Odd = type("::error::", (Exception,), {"__module__": "\n::error::", "__str__": lambda self: "::warning::"})


def softmax_stable(x, axis=-1):
    raise Odd
