"""From the text of vetted kernels to kernels: for the interpreter, or for the compiler.

Which of the two depends on ``TRITON_INTERPRET``, as ever in Triton. The text has been vetted; its
names are the constants and kernels in it and the modules that are given to it here.
"""

from __future__ import annotations

import importlib
import linecache
import math
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import triton
import triton.language as tl
from triton.runtime.jit import KernelInterface

__all__ = ["MODULES", "load_kernels"]

_LIBDEVICE = "triton.language.extra.libdevice"
MODULES = ("triton", "triton.language", "triton.language.math", _LIBDEVICE, "math")
"""That a kernel may know by a name."""


class _NoLibdevice:
    """Says that there is none, where Triton's own would return None under the interpreter."""

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        def function(*args: Any, **kwargs: Any) -> NoReturn:
            raise NotImplementedError(f"libdevice.{name} needs a card; tl or tl.math may have it")

        return function


def _module(dotted: str) -> Any:
    if dotted not in MODULES:
        raise ValueError(f"kernels know no {dotted}")
    if dotted == "math":
        return math
    if dotted == _LIBDEVICE and triton.knobs.runtime.interpret:
        return _NoLibdevice()
    return importlib.import_module(dotted)


def load_kernels(text: str, aliases: Mapping[str, str], filename: str) -> dict[str, Any]:
    """The kernels in a vetted text, by name.

    Parameters
    ----------
    text
        With the lines where they are in the student's file, so that faults name the line there.
    aliases
        The names by which the text knows modules, each one of ``MODULES``.
    filename
        By which frames and tracebacks know it.

    Returns
    -------
    dict
        ``JITFunction``, or ``InterpretedFunction`` under the interpreter.
    """
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    linecache.cache[filename] = (len(text), None, lines, filename)  # no file to compare with
    given = {alias: _module(dotted) for alias, dotted in aliases.items()}
    namespace: dict[str, Any] = {"__name__": "kernels", **given}
    if triton.knobs.runtime.interpret:
        namespace["range"] = lambda *ends: tl.range(*ends)  # the interpreter's, once it is patched
    # Without this module's future: there annotations are text, and lang.constexpr says nothing.
    code = compile(text, filename, "exec", dont_inherit=True)
    # Kernels have to become functions somehow; what is executed here has been vetted, confined.
    exec(code, namespace)  # noqa: S102
    return {n: value for n, value in namespace.items() if isinstance(value, KernelInterface)}
