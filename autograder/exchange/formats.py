"""The systems that grades can be written for."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Format"]


class Format(StrEnum):
    """What ``autograder export`` can write."""

    csv = "csv"
    canvas = "canvas"
    moodle = "moodle"
    gradescope = "gradescope"
    classroom50 = "classroom50"
    github = "github"
    nbgrader = "nbgrader"
