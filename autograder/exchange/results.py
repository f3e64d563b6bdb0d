"""The results of a class on disk: ``RESULTS/STUDENT/result.json``."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from autograder.errors import UsageError
from autograder.result import Result

__all__ = ["RESULT", "read_result", "read_results", "result_paths"]

RESULT = "result.json"


def result_paths(folder: Path) -> list[Path]:
    """Where the students' documents are, in the order of their names.

    Raises
    ------
    UsageError
        When there is none.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name the one that `autograder batch` wrote")
    paths = sorted(folder.glob(f"*/{RESULT}"))
    if not paths:
        raise UsageError(f"{folder} holds no STUDENT/{RESULT}; `autograder batch` writes them")
    return paths


def read_result(path: Path) -> Result:
    """Read one student's document.

    Raises
    ------
    UsageError
        When it cannot be read: no student is left out in silence.
    """
    try:
        return Result.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise UsageError(
            f"{path} is no result document: {where}: {first['msg']}; grade this student again"
        ) from None


def read_results(folder: Path) -> dict[str, Result]:
    """Read every student's document, in the order of their names; raises as both of these do."""
    return {path.parent.name: read_result(path) for path in result_paths(folder)}
