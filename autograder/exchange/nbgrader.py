"""The grades of a class in nbgrader's gradebook, and the feedback where nbgrader looks for it.

By nbgrader's own API (0.9): an assignment has a notebook, this one cells, of which those that
are graded have a score for each student, and those that hold solutions a comment. What is written:

===================== =======================================================================
graded cell ``NAME``  ``auto_score`` and the largest score, of the exercise NAME
``NAME-solution``     ``auto_comment``: what was lost, and why; where there is such a cell
notebook              ``late_submission_penalty``: what adjustments take, and below zero what
                      they give
submission            ``timestamp``, where a time of submission is known
``feedback/``         the student's report, and what `nbgrader release_feedback` needs beside it
===================== =======================================================================

``manual_score``, ``extra_credit`` and ``manual_comment`` are a person's, and are left alone: in
nbgrader they take the place of what is written here, or are added to it. nbgrader counts a score
that is not there as 0, and so marks cells that "need manual grading": those whose points are not
all known are marked, and told.
"""

from __future__ import annotations

import os
import sysconfig
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.errors import UsageError
from autograder.exchange.roster import Entry
from autograder.files import write_text
from autograder.report.brief import brief
from autograder.report.view import view
from autograder.result import ExerciseResult, Result

__all__ = ["enter_grades"]


def enter_grades(
    entries: Sequence[Entry], results: Path, course: Path, assignment: str
) -> list[str]:
    """Enter the grades of a class into a course; a second time changes nothing.

    Parameters
    ----------
    entries
        The class. A student is who the submission says, as nbgrader's folders do.
    results
        The folder of a batch, for the reports in it.
    course
        The folder with ``nbgrader_config.py``.
    assignment
        Its name there, and that of its notebook.

    Returns
    -------
    remarks
        Who has no whole grade, who was not known, and what a person's scores change.

    Raises
    ------
    UsageError
        When there is no such course, or its gradebook cannot be written.
    """
    try:
        from nbgrader.api import Gradebook, InvalidEntry
        from sqlalchemy.exc import SQLAlchemyError
    except ModuleNotFoundError:
        raise UsageError(
            "grades are entered through nbgrader; pip install 'onewalk[nbgrader]'"
        ) from None
    directory = _course_directory(course)
    remarks: dict[str, list[str]] = defaultdict(list)
    graded = [(entry, entry.result) for entry in entries if entry.result is not None]
    # A new gradebook asks a program of nbgrader's for the version of its tables.
    os.environ["PATH"] = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
    try:
        with Gradebook(directory.db_url, directory.course_id or "default_course") as gradebook:
            book = _Book(gradebook, assignment, [result for _, result in graded])
            for entry, result in graded:
                student = result.submission.id
                if not _is_name(student):
                    remarks["no name of a student in nbgrader, so left out"].append(entry.name)
                    continue
                try:
                    book.enter(entry, result, remarks)
                except (SQLAlchemyError, InvalidEntry) as error:
                    gradebook.db.rollback()
                    reason = str(error).splitlines()[0]
                    remarks[f"the gradebook refused them ({reason}); run it again"].append(student)
                    continue
                remark = _write_feedback(directory, results / entry.student, student, assignment)
                if remark:
                    remarks[remark].append(student)
    except SQLAlchemyError as error:
        raise UsageError(
            f"the gradebook of {course} cannot be used: {str(error).splitlines()[0]}; an old one "
            "is brought up to date by `nbgrader db upgrade`"
        ) from None
    if len(remarks.get(_NOT_EXCHANGED, ())) == len(graded):  # the course does without it
        remarks.pop(_NOT_EXCHANGED, None)
    return [f"{what}: {', '.join(who)}" for what, who in remarks.items()]


def _course_directory(course: Path) -> Any:
    """nbgrader's view of a course, by the configuration in it."""
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config.loader import PyFileConfigLoader

    name = "nbgrader_config.py"
    if not (course / name).is_file():
        raise UsageError(
            f"{course} has no {name}, so it is no course of nbgrader's; "
            "`autograder release --format nbgrader` writes one"
        )
    root = course.resolve()
    try:
        config = PyFileConfigLoader(name, path=str(root)).load_config()
    except Exception as error:  # it is a program, and may do anything
        raise UsageError(f"{course / name} cannot be run: {error}") from None
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(root)
    return CourseDirectory(config=config)


def _is_name(student: str) -> bool:
    """Whether it is the name of a folder, and of no other place."""
    return Path(student).name == student and student not in ("", ".", "..")


class _Book:
    """The gradebook, as far as one notebook is concerned.

    Parameters
    ----------
    gradebook
        nbgrader's, open.
    name
        Of the assignment, and of its notebook.
    results
        Of the class, for the exercises there are.
    """

    def __init__(self, gradebook: Any, name: str, results: Sequence[Result]) -> None:
        self._gradebook = gradebook
        self._name = name
        known = [assignment.name for assignment in gradebook.assignments]
        if known and name not in known:
            raise UsageError(
                f"the gradebook has no assignment {name}, but {', '.join(sorted(known))}; its name "
                "there must be that of grader.toml"
            )
        gradebook.update_or_create_assignment(name)
        gradebook.update_or_create_notebook(name, name)
        largest = {e.name: _whole(e) for result in results for e in result.exercises}
        for exercise, most in largest.items():
            gradebook.update_or_create_grade_cell(
                exercise, name, name, max_score=most, cell_type="code"
            )
        self._students = {student.id for student in gradebook.students}
        self._had_students = bool(self._students)

    def enter(self, entry: Entry, result: Result, remarks: dict[str, list[str]]) -> None:
        """Enter one student's grades, all or nothing."""
        student = result.submission.id
        if student not in self._students:
            self._gradebook.add_student(student)
            self._students.add(student)
            if self._had_students:
                remarks["not among the gradebook's students, and added to them"].append(student)
        when = result.submission.submitted_at
        with self._gradebook.db.no_autoflush:  # of what nbgrader has half made, it warns
            submission = self._gradebook.update_or_create_submission(
                self._name, student, **({"timestamp": when} if when else {})
            )
        notebook = self._notebook(submission)
        grades = self._grades(notebook)
        reports = view(result).exercises
        comments = {comment.name: comment for comment in notebook.comments}
        is_open = result.final_score is None or entry.status == "deferred"
        for exercise, report in zip(result.exercises, reports, strict=True):
            grade = grades[exercise.name]
            _enter_score(grade, exercise, is_open)
            if grade.manual_score is not None:
                remarks["a person's score in nbgrader stands in place of the grader's"].append(
                    f"{student} ({exercise.name}: {grade.manual_score:g})"
                )
            comment = comments.get(f"{exercise.name}-solution")
            if comment is not None:
                comment.auto_comment = _comment(brief(report))
        # From what the cells add up to down to the final score, whatever lies between the two.
        earned = sum(exercise.score or 0.0 for exercise in result.exercises)
        notebook.late_submission_penalty = (
            None if result.final_score is None else round(earned - result.final_score, 6)
        )
        self._gradebook.db.commit()
        if is_open:
            remarks[
                "marked in nbgrader as in need of manual grading, because not all of their points "
                "are known"
            ].append(student)
        if result.status == "rejected":
            remarks["nothing that they handed in could be read, so 0 points"].append(student)

    def _notebook(self, submission: Any) -> Any:
        """Ours of a submission; added to one from before the assignment had it."""
        from nbgrader.api import SubmittedNotebook

        there = (n for n in submission.notebooks if n.name == self._name)
        if (notebook := next(there, None)) is not None:
            return notebook
        ours = self._gradebook.find_notebook(self._name, self._name)
        with self._gradebook.db.no_autoflush:
            notebook = SubmittedNotebook(notebook=ours, assignment=submission)
        self._gradebook.db.add(notebook)
        self._gradebook.db.flush()
        return notebook

    def _grades(self, notebook: Any) -> dict[str, Any]:
        """By cell; those that came into the notebook after the submission are added."""
        from nbgrader.api import Grade

        grades = {grade.name: grade for grade in notebook.grades}
        for cell in notebook.notebook.grade_cells:
            if cell.name not in grades:
                grades[cell.name] = Grade(cell_id=cell.id, notebook_id=notebook.id)
                self._gradebook.db.add(grades[cell.name])
        return grades


def _whole(exercise: ExerciseResult) -> float:
    return round(exercise.max_score + exercise.deferred_score, 6)


def _enter_score(grade: Any, exercise: ExerciseResult, is_open: bool) -> None:
    """Enter a score, and whether a person should look at it.

    Parameters
    ----------
    is_open
        Whether points of this student's are not known.
    """
    if grade.manual_score is not None:
        # As nbgrader has it: whoever decided should look again at what is another score now.
        if grade.auto_score != exercise.score:
            grade.needs_manual_grade = True
    else:
        missing = exercise.score is None or exercise.deferred_score > 0
        grade.needs_manual_grade = is_open and missing
    grade.auto_score = exercise.score


def _comment(lines: Sequence[str]) -> str | None:
    """Lines as a block of code: nbgrader takes comments for Markdown, with HTML in it."""
    return "\n".join(f"    {line}" for line in lines) if len(lines) > 1 else None


# ------------------------------------------------------------------ feedback


_EXCHANGED = ("timestamp.txt", "submission_secret.txt")
_NOT_EXCHANGED = (
    f"no {' and '.join(_EXCHANGED)} as nbgrader's exchange writes them, and without them "
    "`nbgrader release_feedback` stops; it leaves out whom "
    "--CourseDirectory.student_id_exclude names"
)


def _write_feedback(directory: Any, result: Path, student: str, assignment: str) -> str | None:
    """Put a student's report where nbgrader looks for it; a remark where that is not all."""
    try:
        report = (result / "feedback.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        return "no feedback.html among the results; a batch writes it"
    folder = Path(directory.format_path(directory.feedback_directory, student, assignment))
    submitted = Path(directory.format_path(directory.submitted_directory, student, assignment))
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{assignment}.html", report)
    there = [p for n in _EXCHANGED if (p := submitted / n).is_file() and not p.is_symlink()]
    for path in there:
        write_text(folder / path.name, path.read_text(encoding="utf-8", errors="replace"))
    return None if len(there) == len(_EXCHANGED) else _NOT_EXCHANGED
