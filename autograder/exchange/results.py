"""The results of a class on disk: ``RESULTS/STUDENT/result.json``."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from autograder.errors import UsageError
from autograder.result import Result

__all__ = ["RESULT", "read_results"]

RESULT = "result.json"


def read_results(folder: Path) -> dict[str, Result]:
    """Read every student's document, in the order of their names.

    Raises
    ------
    UsageError
        Where there are none, or one of them cannot be read: no student is left out in silence.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name the one that `autograder batch` wrote")
    found = {}
    for path in sorted(folder.glob(f"*/{RESULT}")):
        try:
            found[path.parent.name] = Result.model_validate_json(path.read_bytes())
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from None
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise UsageError(f"{path} is no result document: {where} {first['msg']}") from None
    if not found:
        raise UsageError(f"{folder} holds no STUDENT/{RESULT}; `autograder batch` writes them")
    return found
