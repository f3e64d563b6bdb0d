"""``autograder hint``: help with an exercise, one hint more each time it is asked for.

Which hints were given is noted in a folder beside ``grader.toml``, as other tools keep their
caches there: its name begins with a dot, so it is no part of what is handed in; Git does not
see it; and whoever deletes it starts afresh.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UsageError
from autograder.files import write_text
from autograder.kit import Exercise

__all__ = ["Help", "given_hints", "next_hint", "note"]

_FOLDER = ".onewalk"
_NOTES = "hints.json"
_GITIGNORE = """\
# `autograder hint` notes here which hints it has given; delete the folder to start afresh.
*
"""


@dataclass(frozen=True)
class Help:
    """Some of the hints for an exercise.

    Attributes
    ----------
    exercise
        Its name.
    hints
        By number, from 1.
    total
        How many there are.
    """

    exercise: str
    hints: dict[int, str]
    total: int

    @property
    def last(self) -> int:
        """The number of the last of these; 0 when there are none."""
        return max(self.hints, default=0)

    @property
    def text(self) -> str:
        """For the person who asked."""
        command = f"autograder hint {self.exercise}"
        parts = [f"{self.exercise}, hint {n} of {self.total}\n\n{_indented(hint)}\n"
                 for n, hint in self.hints.items()]  # fmt: skip
        if not self.hints:
            parts.append(f"No hint for {self.exercise} was given yet. The first: {command}")
        elif self.last < self.total:
            parts.append(f"The next: {command}")
        else:
            parts.append(f"That was the last one. All of them: {command} --again")
        return "\n".join(parts)


def next_hint(exercise: Exercise) -> Help:
    """The first hint that was not given yet; once all were, the last.

    Raises
    ------
    UsageError
        When the exercise has no hints.
    """
    hints = _numbered(exercise)
    number = min(_given(exercise) + 1, len(hints))
    return Help(exercise.name, {number: hints[number]}, len(hints))


def given_hints(exercise: Exercise) -> Help:
    """The hints that were given; ``UsageError`` when the exercise has none."""
    hints = _numbered(exercise)
    given = _given(exercise)
    return Help(exercise.name, {n: h for n, h in hints.items() if n <= given}, len(hints))


def note(exercise: Exercise, given: Help) -> None:
    """Remember that this was given.

    Raises
    ------
    UsageError
        When it cannot be written down.
    """
    path = _path(exercise)
    noted = {**_noted(path), exercise.name: given.last}
    try:
        path.parent.mkdir(exist_ok=True)
        (path.parent / ".gitignore").write_text(_GITIGNORE, encoding="utf-8")
        write_text(path, json.dumps(noted, indent=1) + "\n")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}), so this hint will come again; with a "
            "copy of the assignment in a folder of your own, the next one comes"
        ) from None


def _numbered(exercise: Exercise) -> dict[int, str]:
    if not exercise.hints:
        raise UsageError(
            f"there are no hints for {exercise.name}; {exercise.path} says what it asks for"
        )
    return dict(enumerate(exercise.hints, start=1))


def _path(exercise: Exercise) -> Path:
    return exercise.root / _FOLDER / _NOTES


def _given(exercise: Exercise) -> int:
    return _noted(_path(exercise)).get(exercise.name, 0)


def _noted(path: Path) -> dict[str, int]:
    """How many hints were given, by exercise; nothing where the notes cannot be read."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): int(number) for name, number in noted.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _indented(hint: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in hint.splitlines())
