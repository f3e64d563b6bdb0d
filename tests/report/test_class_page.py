from itertools import zip_longest
from typing import Any

import pytest

from autograder.report.class_page import ClassReport, Tally, student_page
from autograder.report.inert import plain
from autograder.result import Adjustment, Confinement, Diagnosis, Finding, KitInfo, Result
from tests.report.classes import made_up_class
from tests.report.samples import HOSTILE, HOSTILE_NAMES, exercise, hostile, rejected, result, test
from tests.report.test_view import strings


def view(*results: Result) -> ClassReport:
    tally = Tally()
    for number, shown in enumerate(results):
        tally.add(f"s{number:03}", shown)
    return tally.view()


def one(*tests: Any, score: float | None = 3.0, **fields: Any) -> Result:
    part = exercise(*tests, score=score, max_score=6.0)
    whole: dict[str, Any] = {"score": score, "max_score": 6.0, "final_score": score}
    return result(exercises=[part], **(whole | fields))


def half(first: str = "passed", second: str = "failed", **fields: Any) -> Result:
    return one(test("a", first, feedback=""), test("b", second, feedback=""), **fields)  # type: ignore[arg-type]


def figures(report: ClassReport) -> dict[str, str]:
    return {figure.name: figure.value for figure in report.figures}


@pytest.mark.parametrize(("text", "name"), [*zip_longest(HOSTILE, HOSTILE_NAMES, fillvalue="x")])
def test_every_string_is_plain(text: str, name: str) -> None:
    tally = Tally()
    tally.add(name, hostile(text))
    for string in strings(tally.view()):
        assert plain(string.strip(), limit=5000) == " ".join(string.split())


def test_the_address_of_a_student_leads_nowhere_else() -> None:
    assert student_page("javascript:alert(1)") == "javascript%3Aalert%281%29/feedback.html"
    assert student_page("a b#?%\"'<é") == "a%20b%23%3F%25%22%27%3C%C3%A9/feedback.html"
    assert student_page("bad\udcff") == "bad%FF/feedback.html"


def test_scores_are_counted() -> None:
    report = view(half(score=6.0), half(score=0.0), half(score=3.0), half(score=4.5))
    assert figures(report)["submissions"] == "4"
    assert figures(report)["median score"] == "62 %"
    assert figures(report)["with full marks"] == "1"
    assert figures(report)["with nothing"] == "1"
    assert report.scores is not None
    assert sum(bar.count for bar in report.scores.bars) == 4


def test_no_score_is_no_zero() -> None:
    broken = half("grader_error", score=None, status="grader_error")
    report = view(broken, half())
    assert figures(report)["without a score"] == "1"
    assert figures(report)["with nothing"] == "0"
    assert figures(report)["median score"] == "50 %"
    assert report.scores is not None
    assert sum(bar.count for bar in report.scores.bars) == 1
    assert report.rows[0].score == ""
    assert report.rows[0].notes == ("no score: the grader failed",)
    # Of that student neither the test that failed nor a success without it says anything.
    assert [t.item.asked for t in report.tests[0][1]] == [1, 2]


def test_what_waits_for_a_gpu_counts_for_nothing_yet() -> None:
    waiting = exercise(test("a", "deferred"), score=0.0, max_score=0.0, deferred_score=6.0)
    only = result(exercises=[waiting], deferred_score=6.0)
    report = view(only, only)
    assert report.scores is None
    assert report.exercises[0].mean is None
    assert report.exercises[0].deferred == 2
    assert report.tests[0][1][0].item.asked == 0
    assert report.rows[0].cells[0].level is None
    assert report.rows[0].deferred == "6.0"


def test_who_handed_in_nothing_says_nothing_about_a_test() -> None:
    gone = half("missing", "missing", score=0.0)
    report = view(gone, half(), half())
    (row,) = report.exercises
    assert (row.missing, row.none, row.full) == (1, 1, 0)
    assert [t.item.asked for t in report.tests[0][1]] == [2, 2]
    assert [t.item.success for t in report.tests[0][1]] == [1.0, 0.0]
    assert report.tests[0][1][1].ends == "2 not passed, 1 missing"


def test_the_rest_is_all_other_points() -> None:
    # Whoever passes a fails b and c and the other way round: a goes against the rest.
    def student(*passed: bool) -> Result:
        names = ("a", "b", "c")
        tests = [test(n, "passed" if p else "failed") for n, p in zip(names, passed, strict=True)]
        return one(*tests, score=3.0 * sum(passed))

    some = [student(True, False, False)] * 10 + [student(False, True, True)] * 10
    a, b, _ = view(*some).tests[0][1]
    assert a.item.correlation == pytest.approx(-1)
    # Of b, the rest is a and c, which are half of it for everybody.
    assert b.item.correlation is None
    assert a.note.startswith("It goes against the rest")
    assert view(*some).look[0] is not None


def test_four_students_say_nothing_about_a_test() -> None:
    assert not view(*[half()] * 4).look
    assert [t.item.verdict for t in view(*[half()] * 5).look] == ["nobody", "everybody"]


def test_mistakes_are_counted_and_named() -> None:
    named = Diagnosis(mistake="m", title="One maximum", text="All rows share it.")
    wrong = result(exercises=[exercise(test("a", "failed"), diagnosis=[named])])
    report = view(wrong, half(), wrong)
    (mistake,) = report.mistakes
    assert (mistake.exercise, mistake.title, mistake.count) == ("stable", "One maximum", 2)
    assert [link.name for link in mistake.students] == ["s000", "s002"]
    assert report.diagnosed == 2


def test_findings_are_told_once_and_the_gravest_first() -> None:
    notes = [
        Finding(severity="info", text="Two files were ignored."),
        Finding(severity="warning", exercise="stable", text="It called connect."),
    ]
    broke = one(test("a", "forbidden", feedback="The stream was asked for twice."))
    loose = half(confinement=Confinement(landlock=None, seccomp=False, namespaces=[], user="x"))
    report = view(half(findings=notes), half(findings=notes), broke, rejected(), loose)
    kinds = ["error", "error", "warning", "warning", "forbidden"]
    assert [f.kind for f in report.findings] == kinds
    assert [len(f.students) for f in report.findings] == [1, 1, 2, 1, 1]
    assert [f.where for f in report.findings] == ["", "", "stable", "", "stable"]
    texts = [f.text for f in report.findings]
    assert "It called connect." in texts
    assert "The stream was asked for twice." in texts
    assert "homework.zip is cut short." in texts
    assert [f.text for f in report.remarks] == ["Two files were ignored."]
    assert report.rows[0].notes == ("1 to look at",)


def test_thousands_of_findings_are_not_all_told() -> None:
    many = [half(findings=[Finding(severity="warning", text=f"number {n}")]) for n in range(210)]
    report = view(*many)
    assert len(report.findings) == 200
    assert report.more_findings == 10


def test_different_kits_are_told() -> None:
    other = KitInfo(name="onewalk", version="0.1.0", sha256="00" * 32)
    assert not view(half(), half()).warnings
    assert "2 different kits" in view(half(), half(kit=other)).warnings[0]


def test_students_with_different_exercises_stand_in_the_same_columns() -> None:
    first = result(exercises=[exercise(name="a", score=15.0), exercise(name="b", score=0.0)])
    second = result(exercises=[exercise(name="b", score=7.5)])
    report = view(first, second)
    assert [e.name for e in report.exercises] == ["a", "b"]
    cells = [[(cell.text, cell.level) for cell in row.cells] for row in report.rows]
    assert cells == [[("15.0", 5), ("0.0", 0)], [("", None), ("7.5", 2)]]


def test_time_and_memory() -> None:
    def took(seconds: float, **measured: Any) -> Result:
        part = exercise(test("a", "passed", duration_s=seconds), measurements=measured)
        return result(exercises=[part], score=3.0, max_score=15.0, final_score=3.0)

    report = view(took(1.0, peak_memory_mb=30), took(20.0, peak_memory_mb=50), took(2.0))
    stable, whole = report.usage
    assert (stable.median, stable.longest, stable.memory_median) == ("2.00", "20", "40")
    assert whole.name == "All exercises"
    assert stable.who is not None
    assert stable.who.name == "s001"
    assert not view(took(1.0, peak_memory_mb="much")).memory


def test_adjustments_are_noted() -> None:
    late = half(final_score=2.0, adjustments=[Adjustment(reason="1 day late", points=-1)])
    assert view(late).rows[0].notes == ("-1 1 day late",)


def test_a_class_that_is_made_up_is_the_same_each_time() -> None:
    first, second = (list(made_up_class(5)) for _ in range(2))
    assert first == second
