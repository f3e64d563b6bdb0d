"""The results of a class -> what another system reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder import adjust
from autograder.errors import UsageError
from autograder.exchange.canvas import canvas_csv
from autograder.exchange.classroom50 import classroom50_files
from autograder.exchange.csv import grades_csv
from autograder.exchange.formats import Format
from autograder.exchange.github import github_payloads, is_payload
from autograder.exchange.gradescope import gradescope_files
from autograder.exchange.moodle import moodle_csv
from autograder.exchange.overrides import OVERRIDES, read_overrides
from autograder.exchange.results import read_results
from autograder.exchange.roster import Entry, Roster, enter, read_roster
from autograder.exchange.roster import remarks as absent
from autograder.files import write_file
from autograder.kit import Kit

__all__ = ["export_class"]


def export_class(
    kit: Kit, results: Path, form: Format, out: Path, roster_file: Path | None
) -> list[str]:
    """Write the grades of a class as another system reads them.

    Parameters
    ----------
    results
        What a batch wrote.
    out
        A file, or the folder of ``gradescope``, ``classroom50`` and ``github``, or a course of
        ``nbgrader``.
    roster_file
        Who is who, if it is told.

    Returns
    -------
    What a person should be told, in the end how many there are.

    Raises
    ------
    UsageError
        When something cannot be read or written.
    """
    people = read_roster(roster_file) if roster_file else None
    overrides = read_overrides(results / OVERRIDES)
    written = read_results(results)
    graded = {s: adjust.adjusted(r, s, kit.rules, overrides) for s, r in written.items()}
    settled = [s for s in graded if adjust.is_settled(s, overrides)]
    entries = enter(graded, people, settled)
    said = adjust.remarks(graded, kit.rules, overrides) + absent(entries, people)
    old = [s for s in written if written[s] != graded[s]]
    if old:
        said.append(
            "their reports are from before a change of rules or overrides; a batch writes "
            f"them anew: {', '.join(old)}"
        )
    return said + _written(kit, results, entries, people, form, out)


def _written(
    kit: Kit,
    results: Path,
    entries: Sequence[Entry],
    people: Roster | None,
    form: Format,
    out: Path,
) -> list[str]:
    about = kit.config.kit
    more: list[str] = []
    ready = f"{sum(e.grade is not None for e in entries)} of {len(entries)} have a grade; {out}"
    match form:
        case Format.csv:
            write_file(out, grades_csv(entries))
        case Format.canvas:
            text, more = canvas_csv(entries, people, about.title or about.name)
            write_file(out, text)
        case Format.moodle:
            text, more = moodle_csv(entries, people)
            write_file(out, text)
        case Format.gradescope:
            _write_all(out, gradescope_files(entries))
        case Format.classroom50:
            files, more = classroom50_files(entries, out)
            _write_all(out, files)
        case Format.github:
            files, more = github_payloads(entries, about.name)
            _remove_payloads(out)
            _write_all(out, files)
            ready = f"{len(files)} of {len(entries)} can be posted; {out}"
        case Format.nbgrader:
            # Of an extra, which not everybody has.
            from autograder.exchange.nbgrader import enter_grades

            more = enter_grades(entries, results, out, about.name)
    return [*more, ready]


def _write_all(folder: Path, files: Mapping[str, str]) -> None:
    try:
        for path in {folder, *((folder / name).parent for name in files)}:
            path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be a folder: {error.strerror}") from None
    for name, text in files.items():
        write_file(folder / name, text)


def _remove_payloads(folder: Path) -> None:
    """Those of an earlier export: all that lie there are posted."""
    try:
        for path in folder.glob("*.json"):
            if is_payload(path.read_bytes()):
                path.unlink()
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be removed: {error.strerror}") from None
