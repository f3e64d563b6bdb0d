"""Two repositories on GitHub: a template for students, and a private one that grades them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources

from jinja2 import Environment, StrictUndefined

from autograder.exchange.reporter import runner_ids
from autograder.kit import Kit
from autograder.release.assignment import assignment_files
from autograder.release.constraints import constraints
from autograder.release.files import Files
from autograder.release.student import student_files
from autograder.release.wheel import own_wheel

__all__ = ["SAYS", "release"]

SAYS = (
    "student is the template repository; instructor is one that must stay private: it holds hidden "
    "tests and solutions"
)

_IGNORED = "__pycache__/\n*.py[cod]\n.ipynb_checkpoints/\n.onewalk\n.venv/\n.DS_Store\n"
_ROSTER = "student,name,repository\n"
_OVERRIDES = "student,exercise,points,reason,by,date\n"


def release(kit: Kit) -> Files:
    """Both, each in a folder of its own."""
    sides = {"student": _student(kit), "instructor": _instructor(kit)}
    return {f"{side}/{name}": data for side, files in sides.items() for name, data in files.items()}


def _student(kit: Kit) -> Files:
    wheel, _ = own_wheel()
    ids = list(runner_ids(list(kit.exercises)).values())
    container = {
        "name": kit.config.kit.title or kit.config.kit.name,
        "image": "mcr.microsoft.com/devcontainers/python:3.12-bookworm",
        "postCreateCommand": f"pip install --user ./{wheel}",
        "customizations": {"vscode": {"extensions": ["ms-python.python"]}},
    }
    return student_files(kit) | {
        ".devcontainer/devcontainer.json": (json.dumps(container, indent=2) + "\n").encode(),
        ".github/workflows/examples.yml": _workflow("examples.yml", kit, wheel, ids),
        ".gitignore": _IGNORED.encode(),
    }


def _instructor(kit: Kit) -> Files:
    wheel, data = own_wheel()
    return assignment_files(kit) | {
        ".github/workflows/grade.yml": _workflow("grade.yml", kit, wheel),
        ".gitignore": f"{_IGNORED}payloads/\nresults/\nsubmissions/\n".encode(),
        "README.md": _readme(kit).encode(),
        "constraints.txt": constraints("github").encode(),
        "overrides.csv": _OVERRIDES.encode(),
        "roster.csv": _ROSTER.encode(),
        wheel: data,
    }


def _workflow(name: str, kit: Kit, wheel: str, ids: Sequence[str] = ()) -> bytes:
    template = resources.files("autograder.release").joinpath("templates", name)
    # Braces are GitHub's, whose expressions these files are full of.
    marks = Environment(
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - YAML, made of names that are checked
    )
    text = marks.from_string(template.read_text(encoding="utf-8"))
    gpu = any(exercise.is_gpu_task for exercise in kit.exercises.values())
    return text.render(wheel=wheel, ids=ids, gpu=gpu).encode()


def _readme(kit: Kit) -> str:
    about = kit.config.kit
    return f"""# {about.title or about.name}: grading

**Keep this repository private.** It holds hidden tests and solutions, and its artifacts hold
everybody's results.

1. List the students in `roster.csv`: `student` is what you call them, `repository` is theirs,
   as OWNER/NAME.
2. Make a fine-grained token that may, for the students' repositories alone, read and write
   contents, commit statuses and pull requests. Store it as the secret `CLASS_TOKEN` of this
   repository.
3. Run the workflow "Grade the class" by hand, or wait for the night.

It clones the repositories, grades what changed, and posts each result as a status of the commit
that was graded and as a comment on the pull request into the branch `feedback`, which it opens if
there is none. The next time it edits that comment in place. What could not be done is told by name
in the job summary; run it again.

What you decide about a student goes into `overrides.csv`, as in
`s001,total,60,agreed after an oral exam,A. Lovelace,2026-12-02`; the next run counts and posts it.
"""
