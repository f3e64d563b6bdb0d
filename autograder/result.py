"""The result document: all that a report or another system gets to see of a grading.

Its JSON Schema stands beside this module (``result.schema.json``), and a test holds the
two together. Fields may be added; what a field means never changes.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat

__all__ = [
    "Adjustment",
    "Confinement",
    "Diagnosis",
    "Environment",
    "ExerciseResult",
    "Finding",
    "KitInfo",
    "Result",
    "Status",
    "SubmissionInfo",
    "TestResult",
    "json_schema",
]

Status = Literal[
    "passed",
    "failed",
    "error",
    "timeout",
    "out_of_memory",
    "crashed",
    "forbidden",
    "missing",
    "deferred",
    "grader_error",
]

Points = Annotated[float, Field(ge=0, description="points; rounded to six decimals")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class KitInfo(_Part):
    """The assignment that graded."""

    name: str
    version: str
    sha256: str = Field(description="of grader.toml, reference and hidden_tests")


class SubmissionInfo(_Part):
    """What was graded."""

    id: str
    sha256: str = Field(description="of the files that were read, names and bytes")
    submitted_at: str | None = None
    files: list[str] = Field(description="the files that were read, as named in the submission")


class Environment(_Part):
    """Versions that the grading ran with; null for what was not used."""

    python: str
    numpy: str
    torch: str | None = None
    triton: str | None = None
    card: str | None = None


class Confinement(_Part):
    """The protections that were in force around student code."""

    landlock: int | None = Field(description="ABI of Landlock")
    seccomp: bool
    namespaces: list[str]
    user: str = Field(description="the user that student code ran as")
    cgroup: bool = Field(
        default=False, description="whether a control group bounds the memory of all processes"
    )


class Adjustment(_Part):
    """Points given or taken after grading, such as for a late day."""

    reason: str
    points: float


class Diagnosis(_Part):
    """A known mistake that explains every answer of the student."""

    mistake: str
    title: str
    text: str


class TestResult(_Part):
    """One hidden test."""

    __test__ = False  # not one of pytest's

    id: str = Field(examples=["test_stable.py::test_batch_axis"])
    title: str
    status: Status
    score: Points | None = Field(description="null when the status is grader_error")
    max_score: Points
    feedback: str = Field(default="", description="what was wrong; empty for a pass")
    hint: str = ""
    duration_s: NonNegativeFloat = 0.0


class ExerciseResult(_Part):
    """One exercise: its score is its points times earned weight over total weight."""

    name: str
    score: Points | None
    max_score: Points
    deferred_score: Points = 0.0
    diagnosis: list[Diagnosis] = []
    measurements: dict[str, Any] = {}
    nickname: str | None = Field(
        default=None, description="chosen by the student for the class's ranking of GPU tasks"
    )
    tests: list[TestResult] = []


class Finding(_Part):
    """Something that a person should know about this grading."""

    severity: Literal["info", "warning", "error"]
    exercise: str | None = None
    text: str


class Result(_Part):
    """One submission, graded."""

    format_version: Literal[1] = 1
    kit: KitInfo
    submission: SubmissionInfo
    seed: int | None = Field(default=None, description="left out of the copies students get")
    graded_at: str = Field(description="UTC, such as 2026-11-21T10:00:00Z")
    environment: Environment
    confinement: Confinement
    status: Literal["graded", "rejected", "grader_error"]
    score: Points | None
    max_score: Points
    deferred_score: Points = 0.0
    adjustments: list[Adjustment] = []
    final_score: Points | None
    exercises: list[ExerciseResult]
    findings: list[Finding] = []

    @property
    def percent(self) -> float | None:
        """The final score out of 100; None when there is none."""
        if self.final_score is None:
            return None
        return 100.0 * self.final_score / self.max_score if self.max_score else 0.0

    def to_json(self) -> str:
        """The document as stable, indented JSON."""
        text = json.dumps(self.model_dump(mode="json"), indent=2, allow_nan=False)
        # The same JSON; but printed in a CI log, a quoted line can be no command there.
        return text.replace("##", "#\\u0023") + "\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Result.model_json_schema(mode="serialization"),
    }


if __name__ == "__main__":
    from pathlib import Path

    schema = json.dumps(json_schema(), indent=2) + "\n"
    Path(__file__).with_name("result.schema.json").write_text(schema, encoding="utf-8")
