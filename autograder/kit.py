"""The assignment: ``grader.toml`` and the folders beside it, read and checked.

Whatever is wrong with it is told as file, key, what is wrong and what would be right.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import json
import textwrap
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from autograder.errors import KitError, UsageError
from autograder.expect import Tolerance
from autograder.returns import Kind
from autograder.triton_tasks.speed import Threshold

__all__ = [
    "CONFIG",
    "Exercise",
    "ExtraConfig",
    "Kit",
    "LateConfig",
    "LimitsConfig",
    "Rules",
    "find_kit",
]

CONFIG = "grader.toml"

_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _without_margin(text: str) -> str:
    """A block of lines as one writes it in grader.toml, where it is indented."""
    return textwrap.dedent(text).strip("\n")


_Hint = Annotated[str, AfterValidator(_without_margin), Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KitConfig(_Table):
    """``[kit]``: what the assignment is."""

    name: str = Field(min_length=1, examples=["onewalk"])
    version: str = Field(min_length=1, examples=["0.1.0"])
    title: str = Field(default="", examples=["Softmax in one walk over the data"])
    cards: bool = Field(
        default=True,
        examples=[False],
        description="false where no GPU will ever grade: tests that need one do not count then",
    )


class LimitsConfig(_Table):
    """``[limits]``: what student code may use."""

    seconds: _Positive = Field(default=5.0, examples=[5], description="of one test")
    memory_mb: _Positive = Field(default=512.0, examples=[512], description="of each process")
    cpu_seconds: Annotated[int, Field(gt=0)] = Field(
        default=60, examples=[60], description="of each process, over all tests of an exercise"
    )


class SomeLimits(_Table):
    """``[exercise.NAME.limits]``: those that differ from ``[limits]``."""

    seconds: _Positive | None = None
    memory_mb: _Positive | None = None
    cpu_seconds: Annotated[int, Field(gt=0)] | None = None


class ToleranceConfig(_Table):
    """``[tolerance.TYPE]``: see ``expect.Tolerance``."""

    relative: float = Field(ge=0, lt=1, examples=[1e-5])
    scale: float = Field(ge=0, examples=[8])


class ExerciseConfig(_Table):
    """``[exercise.NAME]``."""

    points: _Positive = Field(examples=[15])
    title: str = Field(default="", examples=["Stable softmax"])
    reveal: Literal["hints", "full"] = Field(
        default="hints",
        examples=["hints"],
        description="whether hidden inputs, expected values, messages and prints are shown",
    )
    functions: dict[str, Kind] = Field(
        default={},
        examples=['{ softmax_stable = "array" }'],
        description="none for a sheet of answers, NAME.toml",
    )
    limits: SomeLimits = SomeLimits()
    hints: list[_Hint] = Field(
        default=[],
        examples=[["What may you subtract from all of them?"]],
        description="for `autograder hint`, one at a time; no score depends on them",
    )


class SpeedConfig(_Table):
    """One entry of ``[gpu_task.NAME.speed]``: see ``triton_tasks.speed.Threshold``."""

    first: float = Field(ge=0, lt=1, examples=[0.4], description="above it points begin")
    full: float = Field(gt=0, le=1.05, examples=[0.9], description="from it on all are given")

    @model_validator(mode="after")
    def _check_order(self) -> SpeedConfig:
        if self.first >= self.full:
            raise ValueError(f"first, {self.first}, must be below full, {self.full}")
        return self


class GpuTaskConfig(_Table):
    """``[gpu_task.NAME]``; its function has the same name."""

    points: _Positive = Field(examples=[15])
    title: str = Field(default="", examples=["Online softmax in Triton"])
    reveal: Literal["hints", "full"] = Field(default="hints", examples=["hints"])
    limits: SomeLimits = SomeLimits()
    parameters: dict[str, float | int] = Field(
        default={},
        examples=["{ one_read_up_to = 16384 }"],
        description="numbers that its hidden tests read",
    )
    speed: dict[str, SpeedConfig] = Field(
        default={},
        examples=["{ short = { first = 0.4, full = 0.9 } }"],
        description="by a name that its hidden tests use: what share of a bound earns what",
    )
    hints: list[_Hint] = Field(
        default=[],
        examples=[["What may you subtract from all of them?"]],
        description="for `autograder hint`, one at a time; no score depends on them",
    )


# Strict: a number would be taken for seconds since 1970.
_Moment = Annotated[datetime, Field(strict=True)]
_DEADLINE = datetime(2026, 11, 20, 23, 59)


class LateConfig(_Table):
    """``[late]``: what work loses that was handed in after the deadline."""

    time_zone: str | None = Field(
        default=None,
        examples=["Europe/Zurich"],
        description="of each time that has no offset of its own; days are days there",
    )
    deadline: _Moment = Field(examples=[_DEADLINE])
    grace_minutes: float = Field(
        default=0.0, ge=0, allow_inf_nan=False, examples=[15], description="after each deadline"
    )
    loss_per_day: _Positive = Field(examples=[10], description="for each day that has begun")
    loss_unit: Literal["percent of maximum", "percent of score", "points"] = Field(
        default="percent of maximum", examples=["percent of maximum"]
    )
    loss_at_most: _Positive | None = Field(
        default=None, examples=[50], description="of the same unit; else all there is"
    )
    extensions: dict[str, _Moment] = Field(
        default={},
        examples=["{ s001 = 2026-11-27T23:59:00 }"],
        description="deadlines of their own, by student",
    )

    @field_validator("time_zone")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (OSError, ValueError, LookupError):
                raise ValueError("no time zone that this machine knows") from None
        return name

    @field_validator("deadline", "extensions")
    @classmethod
    def _placed(
        cls, value: datetime | dict[str, datetime], info: ValidationInfo
    ) -> datetime | dict[str, datetime]:
        if "time_zone" not in info.data:  # it is wrong, and is told
            return value
        if isinstance(value, datetime):
            return _in_zone(value, info.data["time_zone"])
        return {who: _in_zone(moment, info.data["time_zone"]) for who, moment in value.items()}


def _in_zone(moment: datetime, zone: str | None) -> datetime:
    """The same moment, knowing where it is."""
    if moment.tzinfo is not None:
        return moment.astimezone(ZoneInfo(zone)) if zone else moment
    if zone is None:
        raise ValueError(
            f'{moment.isoformat()} says no time zone; write time_zone = "Europe/Zurich" '
            f"beside it, or {moment.isoformat()}+01:00"
        )
    return moment.replace(tzinfo=ZoneInfo(zone))


class ExtraConfig(_Table):
    """``[[extra]]``: points on top, where all that it asks for is given."""

    reason: str = Field(min_length=1, examples=["handed in two days early"])
    points: _Positive = Field(examples=[2])
    full_marks: list[str] = Field(
        default=[], examples=[["stable"]], description="exercises with full marks, each of them"
    )
    days_early: _Positive | None = Field(
        default=None, examples=[2], description="days of 24 hours before the deadline, or more"
    )

    @model_validator(mode="after")
    def _asks(self) -> ExtraConfig:
        if not self.full_marks and self.days_early is None:
            raise ValueError(
                'it asks for nothing; write full_marks = ["stable"] or days_early = 2, or both'
            )
        return self


@dataclass(frozen=True)
class Rules:
    """What is taken or given after grading."""

    late: LateConfig | None = None
    extra: Sequence[ExtraConfig] = ()


class Config(_Table):
    """All of ``grader.toml``."""

    kit: KitConfig = Field(examples=['a table [kit] with name = "onewalk", version = "0.1.0"'])
    limits: LimitsConfig = LimitsConfig()
    tolerance: dict[Literal["float16", "bfloat16", "float32", "float64"], ToleranceConfig] = {}
    exercise: dict[str, ExerciseConfig] = Field(
        default={}, examples=["a table [exercise.NAME] for each exercise"]
    )
    gpu_task: dict[str, GpuTaskConfig] = Field(
        default={}, examples=["a table [gpu_task.NAME] for each task in Triton"]
    )
    late: LateConfig | None = Field(default=None, examples=["a table [late] with a deadline"])
    extra: list[ExtraConfig] = Field(
        default=[], examples=["a table [[extra]] for each reason to give points"]
    )


@dataclass(frozen=True)
class Exercise:
    """One exercise and its five places."""

    name: str
    config: ExerciseConfig | GpuTaskConfig
    limits: LimitsConfig
    root: Path

    @property
    def key(self) -> str:
        """Its table in grader.toml."""
        return f"{'gpu_task' if self.is_gpu_task else 'exercise'}.{self.name}"

    @property
    def is_gpu_task(self) -> bool:
        """Whether it is a task in Triton."""
        return isinstance(self.config, GpuTaskConfig)

    @property
    def functions(self) -> dict[str, Kind]:
        """Each function of the file, and the kind of value that it returns."""
        if isinstance(self.config, GpuTaskConfig):
            return {self.name: "array"}
        return self.config.functions

    @property
    def parameters(self) -> dict[str, float | int]:
        """Numbers that its hidden tests read."""
        return self.config.parameters if isinstance(self.config, GpuTaskConfig) else {}

    @property
    def thresholds(self) -> dict[str, Threshold]:
        """What its speed earns, by the name that its hidden tests use."""
        if not isinstance(self.config, GpuTaskConfig):
            return {}
        return {n: Threshold(s.first, s.full) for n, s in self.config.speed.items()}

    @property
    def baselines(self) -> Path:
        """What its speed is compared with; need not be there."""
        return self.reference.parent / "baselines" / self.stub.name

    @property
    def is_sheet(self) -> bool:
        """Whether it is a sheet of answers, and no code."""
        return not self.functions

    @property
    def path(self) -> str:
        """Its file as it should be named in a submission, and is in the assignment."""
        folder, suffix = "gpu_tasks" if self.is_gpu_task else "exercises", ".py"
        return f"{folder}/{self.name}{'.toml' if self.is_sheet else suffix}"

    @property
    def stub(self) -> Path:
        return self.root / self.path

    @property
    def reference(self) -> Path:
        folder = self.root / "reference" / ("gpu" if self.is_gpu_task else "")
        return folder / self.stub.name

    @property
    def mistakes(self) -> list[Path]:
        folder = self.root / "reference" / "mistakes" / self.name
        return sorted(folder.glob(f"*{self.stub.suffix}"))

    @property
    def hidden_test(self) -> Path:
        name = f"gpu_{self.name}" if self.is_gpu_task else self.name
        return self.root / "hidden_tests" / f"test_{name}.py"

    @property
    def points(self) -> float:
        return self.config.points

    @property
    def hints(self) -> list[str]:
        """Help, from a question to nearly the step."""
        return self.config.hints

    @cached_property
    def signatures(self) -> dict[str, str]:
        """How the stub defines each function: ``softmax_stable(x, axis=-1)``."""
        found = {}
        try:
            tree = ast.parse(self.stub.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError) as error:
            raise KitError(f"{self.stub} is not Python: {error}") from None
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name in self.functions:
                for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                    arg.annotation = None
                found[node.name] = f"{node.name}({ast.unparse(node.args)})"
        return found


@dataclass(frozen=True)
class Kit:
    """One assignment.

    Attributes
    ----------
    root
        The folder of ``grader.toml``.
    config
        What it says.
    exercises
        By name, in the order of the file.
    """

    root: Path
    config: Config
    exercises: dict[str, Exercise]

    @classmethod
    def load(cls, root: Path, *, students: bool = False) -> Kit:
        """Read and check the assignment in a folder.

        Parameters
        ----------
        students
            Whether a student's copy will do, which holds no reference and no hidden test, and
            in which any file may have been renamed or deleted.

        Raises
        ------
        KitError
            With the file, the key, what is wrong with it and what would be right.
        """
        root = root.resolve()
        path = root / CONFIG
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise KitError(f"{path} does not exist; an assignment starts with it") from None
        except (OSError, UnicodeDecodeError) as error:
            raise KitError(f"{path} cannot be read: {error}") from None
        except tomllib.TOMLDecodeError as error:
            raise KitError(f"{path} is not TOML: {error}") from None
        try:
            config = Config.model_validate(data)
        except ValidationError as error:
            raise KitError(_explain(path, error)) from None
        exercises: dict[str, Exercise] = {}
        tables: list[tuple[str, ExerciseConfig | GpuTaskConfig]] = [
            *config.exercise.items(),
            *config.gpu_task.items(),
        ]
        for name, table in tables:
            limits = LimitsConfig(
                **{**config.limits.model_dump(), **table.limits.model_dump(exclude_none=True)}
            )
            exercises[name] = Exercise(name, table, limits, root)
        kit = cls(root, config, exercises)
        if not tables:
            raise KitError(f"{path}: write {_example(['exercise'])}")
        if len(exercises) < len(tables):
            twice = ", ".join(set(config.exercise) & set(config.gpu_task))
            raise KitError(f"{path}: {twice} is an exercise and a GPU task; rename one of them")
        kit._check_names()
        if not students:
            kit._check_places()
        kit._check_rules()
        return kit

    def _check_names(self) -> None:
        for name, exercise in self.exercises.items():
            if not name.isidentifier():
                raise KitError(
                    f"{self.root / CONFIG}: {exercise.key} is not a name that Python can "
                    "import; use letters, digits and underscores, such as log_sum_exp"
                )

    def _check_places(self) -> None:
        for exercise in self.exercises.values():
            for path in (exercise.stub, exercise.reference, exercise.hidden_test):
                if not path.is_file():
                    why = " (it declares no functions)" if exercise.is_sheet else ""
                    raise KitError(
                        f"{self.root / CONFIG}: {exercise.key}{why} needs the file {path}; "
                        "write it or remove the exercise"
                    )

    def _check_rules(self) -> None:
        for number, extra in enumerate(self.config.extra):
            for name in extra.full_marks:
                if name not in self.exercises:
                    raise KitError(
                        f"{self.root / CONFIG}: extra.{number}.full_marks: there is no exercise "
                        f"{name!r}{_did_you_mean(name, self.exercises)}; "
                        f"there are: {', '.join(self.exercises)}"
                    )
            if extra.days_early is not None and self.config.late is None:
                raise KitError(
                    f"{self.root / CONFIG}: extra.{number}.days_early needs a deadline; "
                    "write a table [late] with one"
                )

    @property
    def rules(self) -> Rules:
        """What is taken or given after grading."""
        return Rules(self.config.late, tuple(self.config.extra))

    @property
    def files(self) -> list[str]:
        """What a submission may hold, in the order of the exercises: ``exercises/naive.py``."""
        return [exercise.path for exercise in self.exercises.values()]

    @property
    def hidden(self) -> list[Path]:
        """What students must not read."""
        return [self.root / name for name in (CONFIG, "hidden_tests", "reference")]

    @property
    def tolerances(self) -> dict[str, Tolerance]:
        return {n: Tolerance(t.relative, t.scale) for n, t in self.config.tolerance.items()}

    def chosen(self, only: Sequence[str]) -> list[Exercise]:
        """The exercises named, or all of them; ``UsageError`` for an unknown name."""
        for name in only:
            if name not in self.exercises:
                raise UsageError(
                    f"there is no exercise {name!r}{_did_you_mean(name, self.exercises)}; "
                    f"there are: {', '.join(self.exercises)}"
                )
        return [e for n, e in self.exercises.items() if n in only or not only]

    @cached_property
    def sha256(self) -> str:
        """Of grader.toml, reference and hidden_tests: what decides a score.

        Of grader.toml that is what it says, without the rules that apply after grading and the
        hints: where only these change, no submission need be graded again.
        """
        hints = {"__all__": {"hints"}}
        said = self.config.model_dump_json(
            exclude_unset=True,  # so that a new key makes no kit a new one
            exclude={"late": True, "extra": True, "exercise": hints, "gpu_task": hints},
        )
        digest = hashlib.sha256(said.encode())
        for path in self.graded_files:
            digest.update(path.relative_to(self.root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    @property
    def graded_files(self) -> Iterator[Path]:
        """What decides a score."""
        for folder in ("reference", "hidden_tests"):
            for path in sorted((self.root / folder).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    yield path


def find_kit(given: Path | None, submission: Path | None) -> Path:
    """The folder of the assignment to grade with.

    Parameters
    ----------
    given
        ``--kit``, if it was.
    submission
        What is to be graded: an assignment inside it is the student's, and never used; nor is,
        unless it is given, one that lies beside a single file.
    """
    whole = submission.resolve() if submission is not None else None
    inside = whole.parent if whole is not None and whole.is_file() else whole

    def is_students(folder: Path) -> bool:
        return inside is not None and folder.is_relative_to(inside)

    if given is not None:
        root = given.resolve()
        if inside == whole and is_students(root):
            raise UsageError(
                f"the assignment {given} lies inside the submission {submission}, where a "
                "student could have written it; name one outside with --kit DIR"
            )
        return root
    here = Path.cwd()
    found = [folder for folder in (here, *here.parents) if (folder / CONFIG).is_file()]
    for folder in found:
        if not is_students(folder):
            return folder
    if found:
        raise UsageError(
            f"{found[0] / CONFIG} lies inside {submission}, or beside it, where a student could "
            "have written it; if it is yours, name its folder with --kit DIR"
        )
    raise UsageError(
        f"no {CONFIG} in this folder or above it; name the assignment's folder with --kit DIR"
    )


def _explain(path: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        where = [str(part) for part in problem["loc"] if part != "[key]"]
        key = ".".join(where)
        right = _example(where)
        kind = problem["type"]
        if kind == "missing":
            lines.append(f"{path}: {key} is missing; write {right or 'it'}")
        elif kind == "extra_forbidden":
            known = _known_keys(where[:-1])
            lines.append(
                f"{path}: {key} is no key of grader.toml{_did_you_mean(where[-1], known)}; "
                f"known here: {', '.join(known)}"
            )
        else:
            what = problem["msg"].removeprefix("Value error, ")
            what = what[0].lower() + what[1:]
            value = problem["input"]
            shown = "" if isinstance(value, dict | date) else f" is {value!r}, but"
            lines.append(
                f"{path}: {key}{shown}: {what}{f'; right would be {right}' if right else ''}"
            )
    return "\n".join(lines)


def _table(where: Sequence[str]) -> type[BaseModel] | None:
    """The table at a place of grader.toml."""
    match list(where):
        case []:
            return Config
        case ["kit"]:
            return KitConfig
        case ["limits"] | ["exercise" | "gpu_task", _, "limits"]:
            return LimitsConfig
        case ["tolerance", _]:
            return ToleranceConfig
        case ["exercise", _]:
            return ExerciseConfig
        case ["gpu_task", _]:
            return GpuTaskConfig
        case ["gpu_task", _, "speed", _]:
            return SpeedConfig
        case ["late"]:
            return LateConfig
        case ["extra", _]:
            return ExtraConfig
    return None


def _example(where: Sequence[str]) -> str:
    """What would be right there, as one would write it."""
    table = _table(where[:-1])
    info = table.model_fields.get(where[-1]) if table else None
    if info is None or not info.examples:
        return ""
    value = info.examples[0]
    if isinstance(value, str) and value.startswith("a table"):
        return value
    if isinstance(value, datetime):
        return f"{where[-1]} = {value.isoformat()}"
    return f"{where[-1]} = {value if str(value).startswith('{') else json.dumps(value)}"


def _known_keys(where: Sequence[str]) -> list[str]:
    table = _table(where)
    return list(table.model_fields) if table else []


def _did_you_mean(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
