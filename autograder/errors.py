"""What can go wrong outside student code.

::

    AutograderError          shown as one sentence; its exit code ends the command
    ├── UsageError      (2)  a path or an option that cannot be used
    ├── KitError        (2)  the assignment itself is broken: file, key, remedy
    ├── UnconfinedError (2)  this machine cannot confine student code well enough
    └── GraderFault     (3)  a fault of the grader's own

What a *submission* does wrong is never one of these; see ``expect.Verdict``.
"""

__all__ = ["AutograderError", "GraderFault", "KitError", "UnconfinedError", "UsageError"]


class AutograderError(Exception):
    """Base of them all; ``str`` of it is for the person at the terminal."""

    exit_code = 3


class UsageError(AutograderError):
    exit_code = 2


class KitError(AutograderError):
    exit_code = 2


class UnconfinedError(AutograderError):
    exit_code = 2


class GraderFault(AutograderError):
    exit_code = 3
