"""Every attack of the catalogue has its expected outcome; odd but honest work keeps its points."""

from __future__ import annotations

import itertools
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from autograder.grading import Grader
from autograder.kit import Kit, LimitsConfig
from autograder.report.html import to_html
from autograder.report.markdown import to_markdown
from autograder.result import Result
from autograder.sandbox.servers import Servers
from tests.conftest import SEED, exercise
from tests.documents import without_figures
from tests.report.samples import sample
from tests.report.test_html import Page
from tests.report.test_markdown import OUR_HTML, tokens
from tests.report.test_terminal import COLOURS, assert_plain_lines, printed

FOLDER = Path(__file__).parent / "hostile"
WITNESS = "naive"  # another exercise of the same submission, which must not suffer


@dataclass(frozen=True)
class Fixture:
    """One submission and what is expected of it; see hostile/README.md."""

    path: Path
    exercise: str = "stable"
    most: float = 0.0
    status: tuple[str, ...] = ()
    says: str = ""
    never: str = ""
    quick: bool = False
    finding: str = ""
    rejected: bool = False

    @property
    def kind(self) -> str:
        return self.path.parent.name

    @property
    def is_attack(self) -> bool:
        """Whether it tries for what it may not have; some are only odd, or slow, and right."""
        return self.kind != "honest" and self.most < 1

    def __str__(self) -> str:
        return f"{self.kind}/{self.path.stem}"


def fixtures() -> Iterator[Fixture]:
    for data in sorted(FOLDER.glob("*.toml")):
        for name, expected in tomllib.loads(data.read_text()).items():
            folder = FOLDER / data.stem / name
            path = folder if folder.is_dir() else folder.with_suffix(".py")
            expected["status"] = tuple(expected.get("status", ()))
            if data.stem == "triton":
                expected.setdefault("exercise", "online_softmax")
            yield Fixture(path, **expected)


ALL = list(fixtures())


def submission(fixture: Fixture, kit: Kit, folder: Path) -> Path:
    """Lay a fixture over a submission that has the witness right."""
    if fixture.kind == "intake":
        made: dict[str, Any] = {}
        exec(compile(fixture.path.read_text(), fixture.path, "exec"), made)
        path: Path = made["make"](folder)
        return path
    root = folder / "submission"
    for name in {WITNESS, fixture.exercise}:
        path = root / kit.exercises[name].path
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(kit.exercises[name].reference, path)
    if fixture.path.is_dir():
        shutil.copytree(fixture.path, root, dirs_exist_ok=True)
        # Under their own names they would do to this run of pytest what they are to try there.
        for path in sorted(root.rglob("*.inert"), reverse=True):
            path.rename(path.with_suffix(""))
    else:
        shutil.copy(fixture.path, root / kit.exercises[fixture.exercise].path)
    return root


class Graders:
    """One for each exercise and pace, made when first needed."""

    def __init__(self, kit: Kit) -> None:
        quick = LimitsConfig(seconds=0.5)
        compiling = LimitsConfig(seconds=1, memory_mb=768)
        hurried = {
            n: replace(e, limits=compiling if e.is_gpu_task else quick)
            for n, e in kit.exercises.items()
        }
        telling = {
            n: replace(e, config=e.config.model_copy(update={"reveal": "full"}))
            for n, e in kit.exercises.items()
        }
        self._kits = {
            "as it is": kit,
            "hurried": replace(kit, exercises=hurried),
            "telling all": replace(kit, exercises=telling),
        }
        self._made: dict[tuple[str, str], Grader] = {}
        self._servers = Servers()

    def of(self, fixture: Fixture) -> tuple[Grader, Kit]:
        """The grader for a fixture, and its kit."""
        pace = "telling all" if fixture.kind == "reports" else "as it is"
        name = "hurried" if fixture.quick else pace
        kit, key = self._kits[name], (fixture.exercise, name)
        if key not in self._made:
            only = sorted({WITNESS, fixture.exercise})
            self._made[key] = Grader(kit, only, servers=self._servers).__enter__()
        return self._made[key], kit

    def grade(self, fixture: Fixture, folder: Path) -> Result:
        grader, kit = self.of(fixture)
        return grader.grade(grader.read(submission(fixture, kit, folder)), SEED)

    def close(self) -> None:
        for grader in self._made.values():
            grader.__exit__(None, None, None)
        self._servers.__exit__(None, None, None)


@pytest.fixture(scope="module")
def graders(whole_kit: Kit) -> Iterator[Graders]:
    made = Graders(whole_kit)
    yield made
    made.close()


def assert_inert(result: Result) -> None:
    """Every report of a result is text to whatever reads it: none of it is understood."""
    assert_plain_lines(printed(result, force_terminal=False))
    assert_plain_lines(COLOURS.sub("", printed(result, force_terminal=True)))
    for line in result.to_json().splitlines():
        assert line.isascii()
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
    written = to_markdown(result)
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in written.split("\n"))
    for token in tokens(written):
        assert token.type not in ("link_open", "image")
        if token.type.startswith("html"):
            summaries = re.sub(
                r"<summary>\d+ passed</summary>", "<summary>Which tests</summary>", token.content
            )
            assert set(summaries.split("\n")) - {""} <= OUR_HTML
    ours, page = Page(to_html(sample())), Page(to_html(result))
    known = {tag for tag, _ in ours.tags}
    assert {tag for tag, _ in page.tags} <= known | {"/" + tag for tag in known}
    attributes = {attribute for _, found in page.tags for attribute in found}
    assert not [name for name, _ in attributes if name.startswith("on") or name == "src"]
    links = {attribute for attribute in attributes if attribute[0] == "href"}
    assert links <= {attribute for _, found in ours.tags for attribute in found}


@pytest.mark.parametrize("fixture", ALL, ids=str)
def test_has_its_expected_outcome(
    graders: Graders,
    one_card: None,
    tmp_path: Path,
    fixture: Fixture,
    request: pytest.FixtureRequest,
):
    if ALL.index(fixture) % 8:  # of the others their mistakes are looked for as well
        request.getfixturevalue("gpu_tasks_unnamed")
    result = graders.grade(fixture, tmp_path)
    attacked = exercise(result, fixture.exercise)
    judged = [t for t in attacked.tests if t.status != "deferred"]  # some need a card
    ends = {t.status for t in judged if t.status != "passed"}
    said = {t.feedback for t in attacked.tests}
    assert result.status == ("rejected" if fixture.rejected else "graded"), result.findings
    assert attacked.score is not None
    if fixture.kind == "honest":
        lost = [(t.id, t.status, t.feedback) for t in judged if t.status != "passed"]
        assert not lost
    else:
        assert attacked.score <= fixture.most * attacked.max_score + 1e-9, [
            t.id for t in attacked.tests if t.status == "passed"
        ]
    assert ends <= set(fixture.status), said
    assert any(fixture.says in text for text in said), said
    assert not fixture.never or fixture.never not in result.to_json()
    assert any(fixture.finding in f.text for f in result.findings) or not fixture.finding, (
        result.findings
    )
    assert_inert(result)
    if fixture.kind != "intake":
        witness = exercise(result, WITNESS)
        assert fixture.exercise == WITNESS or witness.score == witness.max_score, witness.tests


def document(result: Result) -> dict[str, Any]:
    return without_figures(result.model_dump())


def test_a_class_in_which_every_third_is_hostile(kit: Kit, tmp_path: Path):
    """Each of the others has the very document that it has when it is graded alone."""
    brisk = LimitsConfig(seconds=1.5)
    kit = replace(kit, exercises={n: replace(e, limits=brisk) for n, e in kit.exercises.items()})
    names = ("perfect", "typical", "zipped.zip", "notebook.ipynb")
    honest = [kit.root / "examples" / name for name in names]
    alone = []
    for path in honest:
        with Grader(kit) as grader:
            alone.append(document(grader.grade(grader.read(path), SEED)))
    attacks = [f for f in ALL if f.kind not in ("honest", "triton")]
    turns = itertools.cycle(range(len(honest)))
    with Grader(kit) as grader:
        for number, fixture in enumerate(attacks[:: len(attacks) // 9]):
            (folder := tmp_path / str(number)).mkdir()
            attack = grader.grade(grader.read(submission(fixture, kit, folder)), SEED)
            assert attack.status != "grader_error", fixture
            for turn in itertools.islice(turns, 2):
                result = grader.grade(grader.read(honest[turn]), SEED)
                assert document(result) == alone[turn], fixture


def test_every_fixture_is_in_the_data_and_the_other_way_round():
    found = {p for kind in FOLDER.iterdir() if kind.is_dir() for p in kind.iterdir()}
    assert {f.path for f in ALL} == {p for p in found if not p.name.startswith("__")}


def test_there_are_enough():
    assert sum(f.kind == "honest" for f in ALL) >= 20
    assert sum(f.is_attack for f in ALL) >= 120
