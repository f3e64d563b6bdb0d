"""The command ``autograder``: wiring only."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from autograder.errors import AutograderError
from autograder.exchange.formats import Format
from autograder.files import write_file

if TYPE_CHECKING:
    from autograder.batch import Summary

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Grade exercises on numerical kernels, and try them at home.",
)

KitOption = Annotated[
    Path | None,
    typer.Option(
        "--kit",
        metavar="DIR",
        help="The assignment's folder; else the nearest grader.toml in or above this folder.",
    ),
]
RosterOption = Annotated[
    Path | None,
    typer.Option(
        "--roster",
        metavar="FILE",
        help="Who is who: a table of your own, Canvas's gradebook, or Moodle's worksheet.",
    ),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="NAME", help="Only this exercise; may be repeated."),
]


@contextmanager
def _told() -> Iterator[None]:
    """End the command with one sentence and the error's own exit code."""
    try:
        yield
    except AutograderError as error:
        _say(f"autograder: {error}")
        raise typer.Exit(error.exit_code) from None


def _say(text: str) -> None:
    """A line on standard error; names in it may be a student's, and it may be read by a CI."""
    from autograder.report.inert import plain

    typer.echo(plain(text, lines=True, limit=200_000), err=True)


@app.command()
def grade(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="One submission, in any shape.")],
    only: OnlyOption = None,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write the result document; - for stdout."),
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as Markdown.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as a page.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of the hidden inputs; else a fresh one.")
    ] = None,
    fail_under: Annotated[
        float | None,
        typer.Option(metavar="PERCENT", min=0, max=100, help="Exit with 1 below this score."),
    ] = None,
    unconfined: Annotated[
        bool,
        typer.Option("--unconfined", help="Go on where this machine cannot confine student code."),
    ] = False,
    kit: KitOption = None,
) -> None:
    """Grade one submission with the hidden tests and print the report."""
    from autograder.grading import Grader, fresh_seed
    from autograder.kit import Kit, find_kit
    from autograder.report.terminal import print_report

    with _told():
        assignment = Kit.load(find_kit(kit, path))
        chosen = assignment.chosen(only or [])
        with Grader(assignment, [e.name for e in chosen], unconfined) as grader:
            result = grader.grade(grader.read(path), fresh_seed() if seed is None else seed)
        for fault in grader.faults:
            _say(fault)
        to_stdout = json_file is not None and str(json_file) == "-"
        print_report(result, Console(stderr=to_stdout, highlight=False))
        if to_stdout:
            sys.stdout.write(result.to_json())
        elif json_file is not None:
            write_file(json_file, result.to_json())
        if markdown is not None:
            from autograder.report.markdown import to_markdown

            write_file(markdown, to_markdown(result))
        if html is not None:
            from autograder.report.html import to_html

            write_file(html, to_html(result))
    if result.percent is None:
        raise typer.Exit(3)
    if fail_under is not None and result.percent < fail_under:
        raise typer.Exit(1)


@app.command("try")
def try_(
    path: Annotated[
        Path | None, typer.Argument(metavar="[PATH]", help="Your work; else the assignment's.")
    ] = None,
    only: OnlyOption = None,
    github: Annotated[
        bool,
        typer.Option("--github", help="In GitHub Actions: annotate, summarise, set outputs."),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on until Ctrl-C, and run again what a save changes.")
    ] = False,
    kit: KitOption = None,
) -> None:
    """Run the public examples on your work, each exercise in a process of its own."""
    from autograder.actions import Step
    from autograder.attempts import attempt
    from autograder.intake import read_submission
    from autograder.kit import Kit, find_kit

    console = Console(highlight=False)
    with _told(), ExitStack() as stack:
        step = stack.enter_context(Step(os.environ)) if github else None
        root = find_kit(kit, None)
        assignment = Kit.load(root, students=True)
        chosen = assignment.chosen(only or [])
        if watch:
            from autograder.watch.loop import watch_work

            raise typer.Exit(watch_work(path or root, assignment, chosen, console))
        submission = read_submission(path or root, assignment.files)
        all_pass = True
        for exercise in chosen:
            tried = attempt(exercise, submission)
            _show_tried(console, exercise.name, tried)
            if step is not None:
                step.add(exercise, submission.file(exercise.name), tried)
            all_pass = all_pass and tried.passed
    if not all_pass:
        raise typer.Exit(1)


def _show_tried(console: Console, name: str, tried: object) -> None:
    from autograder.examples import Tried
    from autograder.report.inert import plain

    assert isinstance(tried, Tried)
    good, total = tried.count
    style = "bold green" if tried.passed else "bold red"
    console.print(
        Text.assemble((f"{name:<16}", "bold"), (f"{good} of {total} {tried.unit}", style))
    )
    for label, text in tried.blocks:
        for number, line in enumerate(plain(text, lines=True, limit=8000).splitlines()):
            console.print(Text(f"  {label if not number else '':<9} {line}"), soft_wrap=True)


@app.command()
def hint(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An exercise.")],
    again: Annotated[
        bool, typer.Option("--again", help="Show the hints given so far, and no other.")
    ] = False,
    kit: KitOption = None,
) -> None:
    """Give the next hint for an exercise; those given are noted in .onewalk, by grader.toml."""
    from autograder.hint import given_hints, next_hint, note
    from autograder.kit import Kit, find_kit
    from autograder.report.inert import plain

    with _told():
        (exercise,) = Kit.load(find_kit(kit, None), students=True).chosen([name])
        given = given_hints(exercise) if again else next_hint(exercise)
        typer.echo(plain(given.text, lines=True, limit=20_000))
        if not again:
            note(exercise, given)


@app.command()
def batch(
    submissions: Annotated[
        Path,
        typer.Argument(
            metavar="SUBMISSIONS",
            help="A folder with an entry for each student, or a CSV file: student,path.",
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="RESULTS", help="The folder for the results.")],
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Grader processes; else one for each core.")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Grade on a cluster: a scheduler of Dask's."),
    ] = None,
    roster_file: RosterOption = None,
    regrade: Annotated[bool, typer.Option("--regrade", help="Grade all of them again.")] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of the hidden inputs; else that of the results.")
    ] = None,
    unconfined: Annotated[
        bool,
        typer.Option("--unconfined", help="Go on where this machine cannot confine student code."),
    ] = False,
    kit: KitOption = None,
) -> None:
    """Grade a class; run it again to go on, and to grade what has changed since."""
    from autograder.batch import Batch, expect_apart, remembered
    from autograder.entries import find_entries
    from autograder.exchange.roster import read_roster
    from autograder.grading import fresh_seed
    from autograder.jobs import Workers
    from autograder.kit import Kit, find_kit
    from autograder.pool import Pool, unmoved_by_ctrl_c
    from autograder.progress import Progress
    from autograder.reading import Reader
    from autograder.sandbox.client import ForkServer
    from autograder.signals import Signals
    from autograder.store import Store

    with _told(), ExitStack() as stack:
        assignment = Kit.load(find_kit(kit, submissions))
        expect_apart(submissions, out)
        entries = find_entries(submissions, assignment.config.kit.name)
        store = stack.enter_context(Store(out))
        memory = remembered(store, assignment, seed, fresh_seed(), regrade)
        people = read_roster(roster_file) if roster_file else None
        run = Batch(assignment, entries, store, memory, regrade, people)
        signals = stack.enter_context(Signals())
        progress = stack.enter_context(Progress(run.total, Console(stderr=True, highlight=False)))
        workers: Workers
        if scheduler is not None:
            from autograder.cluster import Cluster

            workers = stack.enter_context(Cluster(assignment, scheduler, unconfined, progress.say))
        else:
            count = jobs or len(os.sched_getaffinity(0))
            workers = stack.enter_context(Pool(assignment, min(count, run.total), unconfined))
        with unmoved_by_ctrl_c():
            server = stack.enter_context(ForkServer())
        reader = Reader(assignment, server, unconfined)
        reader.expect_hidden(out)
        done = run.run(reader, workers, progress, signals)
    _tell_batch(done, out)
    if done.stopped is not None:
        raise typer.Exit(128 + done.stopped)
    if done.failed:
        raise typer.Exit(3)
    if entries.bad:
        raise typer.Exit(2)


def _tell_batch(done: Summary, out: Path) -> None:
    for student, before, after in done.moved:
        _say(f"moved: {student}: {_points(before)} -> {_points(after)}")
    for remark in done.remarks:
        _say(remark)
    if done.failed:
        _say(f"the grader itself failed over {', '.join(done.failed)}; run it again to retry")
    kept = f"{done.unchanged} unchanged, {done.adjusted} adjusted"
    _say(f"{done.graded} graded, {kept}; {out}")
    if done.stopped is not None:
        _say("stopped; run it again to go on")


def _points(score: float | None) -> str:
    return "no score" if score is None else f"{score:.4g}"


@app.command()
def export(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The folder of a batch.")],
    form: Annotated[Format, typer.Option("--format", help="For which system.")],
    out: Annotated[
        Path,
        typer.Option(
            metavar="PATH",
            help="The file to write. A folder for gradescope, classroom50 and github; of nbgrader "
            "the course.",
        ),
    ],
    roster_file: RosterOption = None,
    kit: KitOption = None,
) -> None:
    """Write the grades of a class as other systems read them."""
    from autograder.exporting import export_class
    from autograder.kit import Kit, find_kit

    with _told():
        assignment = Kit.load(find_kit(kit, None))
        for remark in export_class(assignment, results, form, out, roster_file):
            _say(remark)


class Platform(StrEnum):
    """What ``release`` can write."""

    folder = "folder"
    classroom50 = "classroom50"
    gradescope = "gradescope"
    github = "github"
    nbgrader = "nbgrader"


@app.command()
def release(
    dest: Annotated[Path, typer.Argument(metavar="DEST", help="A new or empty folder.")],
    form: Annotated[Platform, typer.Option("--format", help="Where students will find it.")],
    kit: KitOption = None,
) -> None:
    """Write the student's side of the assignment, or a platform's."""
    from importlib import import_module

    from autograder.kit import Kit, find_kit
    from autograder.release.files import write_files

    with _told():
        # Each platform is a module of its own, with the same two names.
        platform = import_module(f"autograder.release.{form.value}")
        write_files(dest, platform.release(Kit.load(find_kit(kit, None))))
        _say(f"{dest} is written; {platform.SAYS}")


@app.command()
def report(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="What a batch wrote.")],
) -> None:
    """Write the class's pages: one for the class, one for each student."""
    from rich.progress import track

    from autograder.report.pages import write_pages

    console = Console(stderr=True)
    with _told():
        page = write_pages(
            results,
            # Transient: what stays on the terminal is where the page is.
            lambda folders: track(
                folders, "Pages", console=console, transient=True, disable=not console.is_terminal
            ),
        )
    typer.echo(page)


@app.command()
def check(kit: KitOption = None) -> None:
    """Prove the assignment: stubs score 0, references all, every known mistake loses points."""
    from autograder.kit import Kit, find_kit
    from autograder.selfcheck import run_checks

    console = Console(highlight=False)
    broken = 0
    with _told():
        for result in run_checks(Kit.load(find_kit(kit, None))):
            mark = ("ok  ", "green") if result.holds else ("FAIL", "bold red")
            detail = f" ({result.detail})" if result.detail else ""
            console.print(Text.assemble(mark, f" {result.what}{detail}"), soft_wrap=True)
            broken += not result.holds
    console.print(f"{broken} of these do not hold." if broken else "All of these hold.")
    if broken:
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Tell what this machine can do, what is missing, and how to get it."""
    from autograder.doctor import examine

    console = Console(highlight=False)
    findings = examine()
    for finding in findings:
        mark = {True: ("ok  ", "green"), False: ("FAIL", "bold red"), None: ("    ", "")}[
            finding.good
        ]
        console.print(Text.assemble(mark, f" {finding.what}: {finding.state}"), soft_wrap=True)
        if finding.remedy and finding.good is False:
            console.print(Text(f"       {finding.remedy}"), soft_wrap=True)
    if any(finding.good is False for finding in findings):
        raise typer.Exit(1)


@app.command()
def bench(
    only: OnlyOption = None,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write all figures; - for stdout."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write tables and charts as a page.")
    ] = None,
    kit: KitOption = None,
) -> None:
    """Time the reference kernels beside PyTorch's on a card; without one, compile them."""
    import json

    from autograder.bench import run_bench
    from autograder.kit import Kit, find_kit
    from autograder.report.bench import print_bench, to_html
    from autograder.triton_tasks.cards import cards

    to_stdout = json_file is not None and str(json_file) == "-"
    with _told():
        assignment = Kit.load(find_kit(kit, None))
        with _steps() as say:
            document = run_bench(assignment, only or [], cards(), say)
        print_bench(document, Console(stderr=to_stdout, highlight=False))
        text = json.dumps(document, indent=1) + "\n"
        if to_stdout:
            sys.stdout.write(text)
        elif json_file is not None:
            write_file(json_file, text)
        if html is not None:
            write_file(html, to_html(document))


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    """Show what long work is at: in one place of a terminal, a line for each step elsewhere."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda text: console.print(Text(text), soft_wrap=True)
        return
    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda text: progress.update(task, description=text)


def main() -> None:
    """Entry point of the command."""
    try:
        app()
    except Exception:
        # Whatever gets here is a fault of the grader's own, and never a grade.
        _say(traceback.format_exc())
        _say("autograder: the grader itself failed; nothing was graded")
        sys.exit(3)


if __name__ == "__main__":
    main()
