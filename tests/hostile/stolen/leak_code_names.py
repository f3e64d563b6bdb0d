"""Raises out of code whose file and function are named by a hidden input."""

MARK = "LE" + "AK"


def softmax_stable(x, axis=-1):
    name = f"{MARK}{abs(hash(x.tobytes()))}"
    space = {}
    exec(compile(f"def {name}():\n    {name} = 1 / 0", f"{name}.py", "exec"), space)
    space[name]()
