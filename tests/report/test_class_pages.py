from pathlib import Path

import pytest

from autograder.report.pages import write_pages
from tests.conftest import autograder
from tests.report.classes import write_class
from tests.report.samples import measured, rejected, sample


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Results of a batch of two, with what else a batch leaves there."""
    for name, result in (("ada", sample()), ("ben", rejected())):
        (tmp_path / name).mkdir()
        (tmp_path / name / "result.json").write_text(result.to_json(), encoding="utf-8")
    (tmp_path / "grades.csv").write_text("id,score\n")
    (tmp_path / "unfinished").mkdir()
    return tmp_path


def test_the_command_writes_a_page_for_the_class_and_one_for_each_student(results: Path) -> None:
    done = autograder("report", results)
    assert done.returncode == 0
    assert done.stdout == f"{results / 'class.html'}\n"
    assert done.stderr == ""
    text = (results / "class.html").read_text(encoding="utf-8")
    assert 'href="ada/feedback.html"' in text
    assert 'href="ben/feedback.html"' in text
    assert "26.9 / 70" in (results / "ada/feedback.html").read_text(encoding="utf-8")
    assert not list((results / "unfinished").iterdir())


def test_students_are_not_given_the_seed(results: Path) -> None:
    write_pages(results)
    assert '"seed": 1234' in (results / "ada/result.json").read_text(encoding="utf-8")
    assert "1234" not in (results / "ada/feedback.html").read_text(encoding="utf-8")


def test_who_was_timed_and_chose_a_nickname_is_ranked(results: Path) -> None:
    def hand_in(nickname: str | None) -> None:
        timed = measured()
        tasks = [e.model_copy(update={"nickname": nickname}) for e in timed.exercises]
        text = timed.model_copy(update={"exercises": tasks}).to_json()
        (results / "ada/result.json").write_text(text, encoding="utf-8")

    hand_in("quick <fox>")
    write_pages(results)
    text = (results / "leaderboard.html").read_text(encoding="utf-8")
    assert "quick &lt;fox&gt;" in text
    assert "ada" not in text.split("</style>")[1]
    # Whoever takes the nickname back is gone.
    hand_in(None)
    write_pages(results)
    assert not (results / "leaderboard.html").exists()


def test_written_again_the_pages_are_the_same(results: Path) -> None:
    def pages() -> dict[str, bytes]:
        write_pages(results)
        return {str(path): path.read_bytes() for path in results.rglob("*.html")}

    assert pages() == pages()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "is no result document"), ("{}", "is no result document: kit"), ("[]", "result doc")],
)
def test_a_document_that_is_none_is_named(results: Path, text: str, sentence: str) -> None:
    (results / "ada/result.json").write_text(text)
    done = autograder("report", results)
    assert done.returncode == 2
    assert "ada/result.json" in done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_results_is_a_mistake_of_usage(tmp_path: Path, name: str) -> None:
    done = autograder("report", tmp_path / name)
    assert done.returncode == 2
    assert "`autograder batch`" in done.stderr


def test_a_class_can_be_made_up_on_disk(tmp_path: Path) -> None:
    write_class(tmp_path, 3)
    assert write_pages(tmp_path).read_text(encoding="utf-8").count("<h2") == 7
