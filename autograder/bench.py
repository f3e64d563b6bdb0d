"""``autograder bench``: the reference kernels beside what the assignment compares them with.

The references go the way of a student's file: recorded, vetted, compiled, and timed by the
confined worker of the card. Without a card there is what the compiler says of them.
"""

from __future__ import annotations

import datetime
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np

from autograder.errors import UsageError
from autograder.expect import Verdict
from autograder.kit import Exercise, Kit
from autograder.process import Clock, Work
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import Source, StudentCode
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.baseline import NotMeasured
from autograder.triton_tasks.cards import Card
from autograder.triton_tasks.cases import Case, load
from autograder.triton_tasks.facts import Facts
from autograder.triton_tasks.occupancy import occupancy
from autograder.triton_tasks.packages import missing_packages
from autograder.triton_tasks.program import Launch, Program
from autograder.triton_tasks.samples import Samples
from autograder.triton_tasks.session import CardSession
from autograder.triton_tasks.speed import Impossible, Speed, Unsteady, judge
from autograder.triton_tasks.tiled import Tiled
from autograder.triton_tasks.workers import Compiler, Recorder

__all__ = [
    "MODELS",
    "REFERENCE",
    "Say",
    "compile_references",
    "measure",
    "measure_case",
    "reference_work",
    "run_bench",
    "session",
]

Say = Callable[[str], None]
"""Told what is being done, in words."""

REFERENCE = "the reference"
_SECONDS = 120.0  # for one case
_LIMITS = Limits(2 << 30, 3600)
_TRIES = 2
_VALUES = (1 << 22) - 1  # an odd number: rows of a power of two differ
_ALLOCATED = 8 << 30

MODELS = (
    Facts("like a T4", 75, 40, 4 << 20, 16 << 30, 64 << 10),
    Facts("like an A100", 80, 108, 40 << 20, 80 << 30, 163 << 10),
    Facts("like an H100", 90, 132, 50 << 20, 80 << 30, 227 << 10),
    Facts("like a B200", 100, 148, 126 << 20, 180 << 30, 227 << 10),
)
"""What references are compiled for where there is no card."""


@dataclass(frozen=True)
class _Figure:
    """How one implementation did in one case, or why there is no figure."""

    task: str
    panel: str
    length: int
    unit: str
    bound: str
    implementation: str
    shapes: Sequence[Sequence[int]]
    dtype: str
    bytes: int
    flops: int
    milliseconds: float | None = None
    spread: float | None = None
    copy_gbps: float | None = None
    gbps: float | None = None
    tflops: float | None = None
    fraction: float | None = None
    why: str = ""
    compiled: Mapping[str, float] | None = None


def run_bench(kit: Kit, only: Sequence[str], cards: Sequence[Card], say: Say) -> dict[str, Any]:
    """Measure on one of these cards; without any, or if it cannot be used, compile.

    Raises
    ------
    UsageError
        When there is nothing to run, or it lacks what it takes.
    """
    chosen = [e for e in kit.chosen(only) if e.is_gpu_task and e.baselines.is_file()]
    if not chosen:
        raise UsageError("there is no GPU task with baselines (reference/gpu/baselines/NAME.py)")
    if lacking := missing_packages():
        raise UsageError(f"bench needs {' and '.join(lacking)}: pip install 'onewalk[gpu]'")
    with Servers() as servers:
        if not cards:
            say("There is no card here.")
        else:
            try:
                return measure(chosen, servers, cards, say)
            except Verdict as verdict:
                say(verdict.feedback)
        return compile_references(chosen, servers, say, MODELS)


def measure(
    exercises: Sequence[Exercise], servers: Servers, cards: Sequence[Card], say: Say
) -> dict[str, Any]:
    """Everything, on one of these cards; as a document.

    Raises
    ------
    Verdict
        When the card cannot be used.
    """
    document = _document()
    for exercise in exercises:
        with session(exercise, servers, cards) as (opened, clock):
            cases = load(exercise.baselines).cases(opened.facts)
            if document["card"] is None:
                document["card"] = {**asdict(opened.card), **opened.facts.to_json()}
                document["versions"] |= opened.baselines.versions
                document["matmul_tflops"] = opened.matmul_tflops
            for case in cases:
                say(f"{exercise.name}, {_words(case)}")
                document["figures"] += measure_case(exercise.name, case, opened, clock)
    return document


@contextmanager
def session(
    exercise: Exercise, servers: Servers, cards: Sequence[Card]
) -> Iterator[tuple[CardSession, Clock]]:
    """A card that is held for the reference of a task, and the clock of what is asked there."""
    work = reference_work(exercise, servers)
    compiler = Compiler(work, servers, "compile")
    try:
        opened = CardSession(work, servers, compiler, cards, exercise.baselines)
        try:
            yield opened, work.clock
        finally:
            opened.close()
    finally:
        compiler.close()


def measure_case(task: str, case: Case, opened: CardSession, clock: Clock) -> list[dict[str, Any]]:
    """The reference and every baseline in one case; as part of a document."""
    args = _inputs(case)
    found: dict[str, Speed | str] = {}
    compiled: Mapping[str, float] | None = None
    clock.left = _SECONDS
    try:
        timed = opened.time(args, case.kwargs, [0], case.nbytes)
        found[REFERENCE], compiled = timed.speed, timed.compiled
    except Verdict as verdict:
        found[REFERENCE] = verdict.feedback
    found |= _baselines(case, args, opened)
    return [
        asdict(_figure(task, case, name, got, compiled if name == REFERENCE else None))
        for name, got in found.items()
    ]


def _words(case: Case) -> str:
    return f"{case.panel}, {case.length:,} {case.unit}"


def _inputs(case: Case) -> list[Tiled]:
    rng = np.random.default_rng(0)
    values = rng.standard_normal(_VALUES, np.float32).astype(_dtype(case.dtype))
    # Each argument begins elsewhere in the same numbers.
    return [Tiled(values, shape).shifted(n) for n, shape in enumerate(case.shapes)]


def _dtype(name: str) -> np.dtype[Any]:
    import ml_dtypes  # of the extra for GPU tasks; with it NumPy knows the name

    return np.dtype(getattr(ml_dtypes, name, name))


def _baselines(case: Case, args: Sequence[Tiled], opened: CardSession) -> dict[str, Speed | str]:
    found: dict[str, Speed | str] = {}
    for _ in range(_TRIES):
        try:
            got = opened.baselines.measure(args, case.kwargs)
        except NotMeasured as reason:
            return {**found, "baselines": str(reason)}
        for name, samples in got.items():
            if not isinstance(found.get(name), Speed):
                found[name] = _judged(samples, case.nbytes)
        if not any(isinstance(got[n], Samples) and isinstance(s, str) for n, s in found.items()):
            break
    return found


def _judged(samples: Samples | str, nbytes: int) -> Speed | str:
    if isinstance(samples, str):
        return samples
    try:
        return judge(samples, nbytes)
    except (Unsteady, Impossible) as reason:
        return str(reason)


def _figure(
    task: str, case: Case, name: str, got: Speed | str, compiled: Mapping[str, float] | None
) -> _Figure:
    figure = _Figure(
        *(task, case.panel, case.length, case.unit, case.bound, name, case.shapes, case.dtype),
        *(case.nbytes, case.flops),
    )
    if isinstance(got, str):
        return replace(figure, why=got)
    return replace(
        figure,
        milliseconds=got.milliseconds,
        spread=got.spread,
        copy_gbps=got.copy_gbps,
        gbps=got.gbps(case.nbytes),
        tflops=got.tflops(case.flops),
        fraction=got.fraction(case.nbytes),
        compiled=compiled,
    )


# -------------------------------------------------------------- without a card


def compile_references(
    exercises: Sequence[Exercise], servers: Servers, say: Say, models: Sequence[Facts]
) -> dict[str, Any]:
    """What the references take of cards, none of which need be here; as a document."""
    document = _document()
    for exercise in exercises:
        work = reference_work(exercise, servers)
        compiler = Compiler(work, servers, "compile")
        module = load(exercise.baselines)
        try:
            for model in models:
                recorder = Recorder(work, servers, model)
                try:
                    for case in module.cases(model):
                        say(f"{exercise.name} for sm_{model.capability}, {_words(case)}")
                        work.clock.left = _SECONDS
                        document["builds"] += _builds(
                            exercise.name, case, recorder, compiler, model
                        )
                finally:
                    recorder.close()
        finally:
            compiler.close()
    return document


def _builds(
    task: str, case: Case, recorder: Recorder, compiler: Compiler, model: Facts
) -> Iterator[dict[str, Any]]:
    """What each kernel takes that is launched in a case."""
    args = [Tiled(np.empty(1, _dtype(case.dtype)), shape) for shape in case.shapes]
    spans = [a.nbytes for a in args]
    told = {
        "task": task,
        "panel": case.panel,
        "length": case.length,
        "unit": case.unit,
        "capability": model.capability,
    }
    try:
        program = recorder.record(task, [a.stand_in for a in args], case.kwargs, _ALLOCATED)
        counts = [len(s.choices) for s in program.steps if isinstance(s, Launch)]
        program = _first_ways(program)
        built = compiler.build(program, spans, _ALLOCATED, model.capability)
    except Verdict as verdict:
        yield {**told, "kernel": "", "why": verdict.feedback}
        return
    launches = [step for step in program.steps if isinstance(step, Launch)]
    for launch, ways, of in zip(launches, built, counts, strict=True):
        _, binary = ways[0]
        yield {
            **told,
            "kernel": launch.kernel,
            "configurations": of,
            "registers": binary.registers,
            "spilled_bytes": binary.spilled_bytes,
            "shared_bytes": binary.shared_bytes,
            "threads": binary.threads,
            "occupancy": occupancy(
                binary.registers, binary.shared_bytes, binary.threads, model.capability
            ),
            "why": "",
        }


def _first_ways(program: Program) -> Program:
    """Of what an autotuner would choose from on a card, what comes first."""
    steps = (
        replace(s, choices=s.choices[:1]) if isinstance(s, Launch) else s for s in program.steps
    )
    return replace(program, steps=tuple(steps))


# -------------------------------------------------------------- both


def _document() -> dict[str, Any]:
    return {
        "format_version": 1,
        "measured_at": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "card": None,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "torch", "triton")},
        },
        "matmul_tflops": None,
        "figures": [],
        "builds": [],
    }


def reference_work(exercise: Exercise, servers: Servers) -> Work:
    """The reference, as if a student had handed it in."""
    source = Source(exercise.path, exercise.reference.read_text(encoding="utf-8"))
    code = StudentCode([source], {exercise.name: 0}, [exercise.name])
    return Work(
        *(exercise.name, exercise.path, exercise.functions, exercise.signatures, code),
        *(servers["numpy"], Clock(_SECONDS, left=_SECONDS), _LIMITS),
    )
