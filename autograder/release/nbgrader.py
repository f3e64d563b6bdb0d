"""A course of nbgrader's: its configuration, and the assignment as one notebook.

``source/NAME/NAME.ipynb`` holds for each exercise a cell to write in, and below it a cell that is
worth its points. In Jupyter, and in ``nbgrader validate``, that cell runs the public examples. Its
hidden region, which students do not get, asks the grader for the points when it is
``nbgrader autograde`` that runs the notebook; it holds no hidden test. ``autograder batch`` runs
neither: it calls the functions.

Sheets of answers lie beside the notebook, as files that students edit.
"""

from __future__ import annotations

import math
import posixpath
from typing import Any

from autograder.errors import KitError, UsageError
from autograder.examples import public_examples
from autograder.graded_cell import KIT
from autograder.kit import CONFIG, Exercise, Kit
from autograder.release.files import Files
from autograder.release.notebook import ExerciseCell, exercise_cells
from autograder.release.student import student_files

__all__ = ["SAYS", "release"]

SAYS = (
    "source/ holds the solutions and is for nobody but instructors; "
    "`nbgrader generate_assignment` makes the students' version of it"
)

_FORBIDDEN = '+/\\"*?[]{}'

_RUN_EXAMPLES = '''\
# Run this cell first: with it, the cells below try your functions on their public examples.
if __name__ == "__main__":  # in Jupyter; where it is graded, nothing of this runs
    import doctest
    import os
    import warnings

    def run_examples(*functions):
        """Run the examples that stand in the docstrings of functions."""
        if os.environ.get("NBGRADER_EXECUTION") == "autograde":
            return
        finder = doctest.DocTestFinder(recurse=False)
        runner = doctest.DocTestRunner(
            optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        )
        tests = [t for f in functions for t in finder.find(f, f.__name__, globs=globals())]
        with warnings.catch_warnings():  # which nbgrader would take for failures
            warnings.simplefilter("ignore")
            done = [runner.run(test) for test in tests]
        failed, tried = sum(d.failed for d in done), sum(d.attempted for d in done)
        assert tried, "the examples in the docstring are gone"
        assert not failed, f"{failed} of {tried} examples fail"
        print(f"all {tried} examples pass")
'''

_IN_TRITON = """\
# Kernels run in Triton's interpreter, which needs no GPU, but PyTorch and Triton.
if __name__ == "__main__":
    from autograder.triton_tasks.trying import interpret

    interpret()
"""


def release(kit: Kit) -> Files:
    """Write a course.

    Raises
    ------
    KitError
        When the assignment cannot be one notebook.
    UsageError
        When nbgrader is not installed.
    """
    name = kit.config.kit.name
    if set(name) & set(_FORBIDDEN) or name != name.strip() or name.startswith("."):
        raise KitError(
            f"{kit.root / CONFIG}: kit.name is {name!r}, which nbgrader takes for no name "
            f"of an assignment; leave out {_FORBIDDEN}"
        )
    for exercise in kit.exercises:
        if not exercise.isascii():
            raise KitError(
                f"{kit.root / CONFIG}: nbgrader takes {exercise} for no name of a cell; "
                "use the letters a to z"
            )
    beside = _beside(kit)
    wheel = next((path for path in beside if path.endswith(".whl")), "")
    files = {f"source/{name}/{path}": data for path, data in beside.items()}
    files[f"source/{name}/{name}.ipynb"] = _notebook(kit, wheel).encode()
    files["nbgrader_config.py"] = _configuration(kit).encode()
    return files


def _beside(kit: Kit) -> Files:
    """What students get beside the notebook: sheets of answers, the lesson, the package."""
    given = student_files(kit)
    left_out = {CONFIG, "README.md", *(e.path for e in kit.exercises.values())}
    files = {path: data for path, data in given.items() if path not in left_out}
    if not any(map(_needs_package, kit.exercises.values())):
        files = {path: data for path, data in files.items() if not path.endswith(".whl")}
    for exercise in kit.exercises.values():
        if exercise.is_sheet:
            files[_sheet(exercise)] = given[exercise.path]
    return files


def _needs_package(exercise: Exercise) -> bool:
    """Whether its examples run with this package only."""
    return exercise.is_gpu_task or "autograder" in exercise.stub.read_text(encoding="utf-8")


def _sheet(exercise: Exercise) -> str:
    """A sheet's name beside the notebook, where a submission may have it as well."""
    return posixpath.basename(exercise.path)


# ------------------------------------------------------------------ the notebook


def _notebook(kit: Kit, wheel: str) -> str:
    try:
        import nbformat
        from nbformat import v4
    except ModuleNotFoundError:
        raise UsageError(
            "a course for nbgrader is made with nbgrader; pip install 'onewalk[nbgrader]'"
        ) from None
    code = {cell.exercise.name: cell for cell in exercise_cells(kit)}
    cells = [
        _text("introduction", _introduction(kit, wheel)),
        _locked("run-examples", _RUN_EXAMPLES),
    ]
    in_triton = False
    for exercise in kit.exercises.values():
        name = exercise.name
        cells.append(_text(f"{name}-text", _about(exercise, code.get(name))))
        if exercise.is_gpu_task and not in_triton:
            in_triton = True
            cells.append(_locked("in-triton", _IN_TRITON))
        if name in code:
            cells.append(_cell(f"{name}-solution", code[name].source, solution=True))
        cells.append(_graded(exercise))
    notebook = v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
    )
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook)}\n"


def _cell(identity: str, source: str, **nbgrader: Any) -> Any:
    from nbformat import v4

    known = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    about = {**known, "grade_id": identity, **nbgrader}
    return v4.new_code_cell(source.strip("\n"), id=identity, metadata={"nbgrader": about})


def _locked(identity: str, source: str) -> Any:
    return _cell(identity, source, locked=True)


def _text(identity: str, source: str) -> Any:
    from nbformat import v4

    return v4.new_markdown_cell(source.strip("\n"), id=identity)


def _graded(exercise: Exercise) -> Any:
    """The cell that is worth an exercise's points."""
    examples = []
    if not exercise.is_sheet:
        examples = [*public_examples(exercise.stub.read_text(encoding="utf-8"), exercise.path)]
    lines = [f"# {exercise.points:g} points, by hidden tests when it is graded."]
    if examples:
        lines += ['if __name__ == "__main__":', f"    run_examples({', '.join(examples)})"]
    lines += [
        "### BEGIN HIDDEN TESTS",
        "from autograder.graded_cell import points",
        "",
        f'points("{exercise.name}")',
        "### END HIDDEN TESTS",
    ]
    return _cell(exercise.name, "\n".join(lines), grade=True, locked=True, points=exercise.points)


def _introduction(kit: Kit, wheel: str) -> str:
    about = kit.config.kit
    rows = "".join(
        f"| {e.config.title or e.name} | {e.points:g} |\n" for e in kit.exercises.values()
    )
    lesson = "exercises/README.md"
    read = (
        f"Read [the lesson]({lesson}); where it speaks of a file, that is a cell here.\n\n"
        if (kit.root / lesson).is_file()
        else ""
    )
    return f"""# {about.title or about.name}

| exercise | points |
| --- | --- |
{rows}
{read}Write your functions where it says `YOUR CODE HERE`, in place of the line that raises, and
run the cell below them: it tries the public examples. `Validate` tries them all. They are not all
there is: when your work is graded, more tests run, on larger and on nastier inputs.

All cells share their names. Where two cells call a helper the same, both get the one that stands
last.

{_packages(kit, wheel)}"""


def _packages(kit: Kit, wheel: str) -> str:
    """How to get what examples need beside NumPy."""
    if not wheel:
        return ""
    needing = [e for e in kit.exercises.values() if _needs_package(e)]
    names = ", ".join(f"`{e.name}`" for e in needing)
    extra = "[gpu]" if any(e.is_gpu_task for e in needing) else ""
    return (
        f"The examples of {names} need a package that lies beside this notebook; it is installed "
        f"once, by running this in a cell:\n\n    %pip install --quiet './{wheel}{extra}'\n"
    )


def _about(exercise: Exercise, cell: ExerciseCell | None) -> str:
    heading = f"## {exercise.config.title or exercise.name} ({exercise.points:g} points)"
    if cell is None:
        sheet = _sheet(exercise)
        return f"{heading}\n\nThe questions are in [`{sheet}`]({sheet}); write your answers there."
    return f"{heading}\n\n{cell.about}"


# ------------------------------------------------------------------ the configuration


def _configuration(kit: Kit) -> str:
    name = kit.config.kit.name
    sheets = [_sheet(e) for e in kit.exercises.values() if e.is_sheet]
    # After two that are out of time, the rest of an exercise's tests is not run.
    seconds = 60 + math.ceil(sum(3 * e.limits.seconds for e in kit.exercises.values()))
    return f"""\
# nbgrader's configuration of this course.

import os

c = get_config()

c.CourseDirectory.course_id = {name!r}

# Sheets of answers are the students' own, and not to be overwritten with the blank ones.
c.Autograde.exclude_overwriting = {{{name!r}: {sheets!r}}}

# Only where `nbgrader autograde` grades, and not `autograder batch`: where the assignment with its
# hidden tests is, and how many seconds a cell may take. The first graded cell takes all of them.
os.environ["{KIT}"] = {str(kit.root)!r}
c.Execute.timeout = {seconds}
"""
