"""From outcomes to a result: weights, order, reveals, and faults of the grader."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grading import Grader, _agreed
from autograder.kit import Kit
from autograder.mistakes import known_mistakes
from tests.conftest import ROOT, autograder

HEAD = "import numpy as np\nimport pytest\nfrom autograder.expect import *\n"

DOUBLE = (
    HEAD
    + '''
@oracle
def twice(x):
    return 2 * x

@pytest.mark.weight(3)
@pytest.mark.hint("What is twice as much?")
def test_values(student, rng):
    """doubles numbers.

    Not for students.
    """
    x = rng.normal(size=3)
    expect_close(student.double(x), twice(x), about="3 numbers")

def test_without_a_title(student, rng):
    expect(False, "a sentence")
'''
)


@pytest.fixture
def kit(tmp_path: Path) -> Callable[..., Path]:
    """An assignment of one exercise with these hidden tests."""

    def make(tests: str, solution: str = "return 2 * x", extra: str = "") -> Path:
        for folder in ("exercises", "reference", "hidden_tests"):
            (tmp_path / folder).mkdir(exist_ok=True)
        source = "def double(x):\n    {}\n"
        (tmp_path / "exercises/double.py").write_text(source.format("raise NotImplementedError"))
        (tmp_path / "reference/double.py").write_text(source.format(solution))
        (tmp_path / "hidden_tests/test_double.py").write_text(tests)
        (tmp_path / "grader.toml").write_text(
            '[kit]\nname = "k"\nversion = "1"\n[tolerance.float64]\nrelative = 1e-9\nscale = 4\n'
            f'[exercise.double]\npoints = 8\nfunctions = {{ double = "array" }}\n{extra}\n'
        )
        return tmp_path

    return make


def grade(root: Path, *options: str, code: int = 0) -> dict:
    done = autograder("grade", root / "reference", "--kit", root, "--json", "-", *options)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def by_name(document: dict) -> dict[str, dict]:
    return {t["id"].partition("::")[2]: t for t in document["exercises"][0]["tests"]}


def test_weights_titles_and_hints(kit):
    document = grade(kit(DOUBLE))
    values, untitled = by_name(document).values()
    assert (values["title"], values["score"], values["max_score"]) == ("doubles numbers", 6, 6)
    assert (values["hint"], values["feedback"]) == ("", "")
    assert (untitled["title"], untitled["score"], untitled["max_score"]) == (
        "without a title",
        0,
        2,
    )
    assert untitled["feedback"] == "a sentence"
    assert (document["score"], document["max_score"], document["final_score"]) == (6, 8, 6)


def test_a_share_is_earned_and_no_pass(kit):
    tests = HEAD + (
        "@pytest.mark.weight(3)\n@pytest.mark.hint('faster')\n"
        "def test_a(student):\n    raise Failed('some of it', share=0.4)\n"
        "@pytest.mark.after('test_a')\n"
        "def test_b(student):\n    pass\n"
    )
    document = grade(kit(tests))
    some, after = by_name(document).values()
    assert (some["status"], some["score"], some["max_score"]) == ("failed", 2.4, 6)
    assert (some["feedback"], some["hint"]) == ("some of it", "faster")
    assert (after["status"], after["score"]) == ("failed", 0)
    assert (document["score"], document["max_score"]) == (2.4, 8)


@pytest.mark.parametrize("share", ["1", "1.5", "-0.1", "float('nan')"])
def test_what_is_no_share_is_a_fault_of_the_grader(kit, share):
    tests = f"{HEAD}def test_a(student):\n    raise Failed('', share={share})\n"
    document = grade(kit(tests), code=3)
    assert by_name(document)["test_a"]["score"] is None


def test_inputs_follow_from_the_seed_and_the_test(kit):
    tests = HEAD + (
        "def test_a(student, rng):\n    expect(False, str(rng.random()))\n"
        "def test_b(student, rng):\n    expect(False, str(rng.random()))\n"
    )
    root = kit(tests)

    def drawn(seed: str) -> list[str]:
        return [t["feedback"] for t in by_name(grade(root, "--seed", seed)).values()]

    first, second = drawn("7")
    assert first != second
    assert drawn("7") == [first, second]
    assert drawn("8") != [first, second]


def test_without_a_seed_it_is_fresh_and_written_down(kit):
    root = kit(DOUBLE)
    assert grade(root)["seed"] != grade(root)["seed"]


FAULTS = {
    "a TypeError": "def test_a(student):\n    1 + 'a'\n",
    "a broken fixture": (
        "@pytest.fixture\ndef bad():\n    raise ValueError('hidden')\n"
        "def test_a(student, bad):\n    pass\n"
    ),
    "a broken teardown": (
        "@pytest.fixture\ndef bad():\n    yield\n    raise ValueError('hidden')\n"
        "def test_a(student, bad):\n    pass\n"
    ),
    "an unknown function": "def test_a(student):\n    student.triple(1)\n",
}


@pytest.mark.parametrize("test", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_grader_is_never_a_zero(kit, test):
    document = grade(kit(HEAD + test + "def test_good(student):\n    pass\n"), code=3)
    bad, good = by_name(document).values()
    assert (bad["status"], bad["score"]) == ("grader_error", None)
    assert good["status"] == "passed"
    assert document["status"] == "grader_error"
    assert document["score"] is document["final_score"] is document["exercises"][0]["score"] is None
    assert [f["severity"] for f in document["findings"]] == ["error"]
    assert "hidden" not in json.dumps(document["findings"])


def test_the_instructor_gets_the_traceback(kit):
    done = autograder("grade", "reference", cwd=kit(HEAD + FAULTS["a TypeError"]))
    assert done.returncode == 3
    assert "test_double.py" in done.stderr
    assert "TypeError" in done.stderr


def test_a_missing_tolerance_is_told(kit):
    test = HEAD + (
        "@oracle\ndef same(x):\n    return x\n"
        "def test_a(student):\n    x = np.ones(3, np.float32)\n"
        "    expect_close(student.double(x), same(x), about='3')\n"
    )
    done = autograder("grade", "reference", cwd=kit(test))
    assert done.returncode == 2
    assert "tolerance.float32 is missing" in done.stderr


def test_tests_of_the_same_name_in_two_classes_are_two(kit):
    test = HEAD + (
        "class TestA:\n    def test_x(self, student):\n        expect(False, 'no')\n"
        "class TestB:\n    def test_x(self, student):\n        pass\n"
    )
    assert [t["status"] for t in by_name(grade(kit(test))).values()] == ["failed", "passed"]


def test_options_for_another_pytest_are_not_ours(kit, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "-v --color=yes -k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "not_there")
    assert len(by_name(grade(kit(DOUBLE)))) == 2


def test_the_clock_counts_the_students_time_only(kit):
    test = HEAD + (
        "import time\n"
        "def slow():\n"
        "    until = time.monotonic() + 1.5\n"
        "    while time.monotonic() < until:\n        pass\n"
        "    yield 1.0\n"
        "def test_a(student):\n    expect(student.double(student.stream(slow())) == [2], 'no')\n"
    )
    root = kit(test, "import numpy as np; return 2 * np.array(list(x))", "limits = { seconds = 1 }")
    assert [t["status"] for t in by_name(grade(root)).values()] == ["passed"]


# Hidden tests of a made-up assignment, as text: none of these is a pass, so none earns anything.
NO_PASS = {
    "skipped": "@pytest.mark.skip\ndef test_a(student):\n    pass\n",
    "skips": "def test_a(student):\n    pytest.skip('no')\n",
    "xfail": "@pytest.mark.xfail\ndef test_a(student):\n    pass\n",
    "xfails": "def test_a(student):\n    pytest.xfail('no')\n",
    "fails": "def test_a(student):\n    pytest.fail('hidden value 1')\n",
    "a plain assert": "def test_a(student):\n    assert 1 == 2, 'hidden value 1'\n",
}


@pytest.mark.parametrize("test", NO_PASS.values(), ids=NO_PASS)
def test_a_pass_needs_an_explicit_pass(kit, test):
    (only,) = by_name(grade(kit(HEAD + test))).values()
    assert (only["status"], only["score"]) == ("failed", 0)
    assert "hidden" not in only["feedback"]


PYTEST = {
    "a parameter": (
        "@pytest.mark.parametrize('n', [1, 2])\n"
        "def test_a(student, n):\n    expect(student.double(np.ones(n)).sum() == 2 * n, 'no')\n"
    ),
    "a fixture": (
        "@pytest.fixture\ndef two():\n    return 2\n"
        "def test_a(student, two):\n    expect(student.double(np.ones(1))[0] == two, 'no')\n"
    ),
    "an autouse fixture": (
        "seen = []\n"
        "@pytest.fixture(autouse=True)\ndef before():\n    seen.append(1)\n"
        "def test_a(student):\n    expect(seen, 'no')\n"
        "def test_b(student):\n    expect(len(seen) >= 2, 'no')\n"
    ),
    "a setup function": (
        "seen = []\n"
        "def setup_function():\n    seen.append(1)\n"
        "def test_a(student):\n    expect(seen, 'no')\n"
    ),
    "a setup of the module": (
        "seen = []\n"
        "def setup_module():\n    seen.append(1)\n"
        "def test_a(student):\n    expect(seen == [1], 'no')\n"
    ),
    "a class": (
        "class TestIt:\n"
        "    def setup_method(self):\n        self.two = 2\n"
        "    def test_a(self, student):\n"
        "        expect(student.double(np.ones(1))[0] == self.two, 'no')\n"
    ),
    "an instance for each test": (
        "class TestIt:\n"
        "    def test_a(self, student):\n        self.seen = 1\n"
        "    def test_b(self, student):\n        expect(not hasattr(self, 'seen'), 'no')\n"
    ),
    "nothing at all": "def test_a():\n    pass\n",
}


@pytest.mark.parametrize("test", PYTEST.values(), ids=PYTEST)
def test_what_pytest_can_do_it_does(kit, test):
    outcomes = by_name(grade(kit(HEAD + test)))
    assert outcomes
    assert {t["status"] for t in outcomes.values()} == {"passed"}


def test_hooks_and_fixtures_of_a_conftest_count(kit):
    root = kit(HEAD + "def test_a(student, two):\n    expect(two == 2, 'no')\n")
    (root / "hidden_tests/conftest.py").write_text(
        "import pytest\n"
        "seen = []\n"
        "def pytest_runtest_setup(item):\n    seen.append(item)\n"
        "@pytest.fixture\ndef two():\n    return 1 + len(seen)\n"
    )
    assert [t["status"] for t in by_name(grade(root)).values()] == ["passed"]
    # Also where the test itself asks for nothing of it.
    plain = "from conftest import seen\ndef test_a(student):\n    expect(seen, 'no')\n"
    (root / "hidden_tests/test_double.py").write_text(HEAD + plain)
    assert [t["status"] for t in by_name(grade(root)).values()] == ["passed"]


def test_after_another(kit):
    test = HEAD + (
        "def test_first(student):\n"
        "    '''the first'''\n"
        "    expect(student.double(np.ones(1))[0] == 2, 'no')\n"
        "@pytest.mark.after('test_first')\n"
        "def test_second(student):\n    student.double(np.ones(2))\n"
    )
    assert [t["status"] for t in by_name(grade(kit(test))).values()] == ["passed", "passed"]
    second = by_name(grade(kit(test, solution="return x")))["test_second"]
    assert second["status"] == "failed"
    assert "first pass “the first”" in second["feedback"]


def test_after_another_in_a_class(kit):
    test = HEAD + (
        "class TestIt:\n"
        "    def test_first(self, student):\n"
        "        expect(student.double(np.ones(1))[0] == 2, 'no')\n"
        "    @pytest.mark.after('test_first')\n"
        "    def test_second(self, student):\n        student.double(np.ones(2))\n"
    )
    assert [t["status"] for t in by_name(grade(kit(test))).values()] == ["passed", "passed"]
    wrong = by_name(grade(kit(test, solution="return x")))
    assert [t["status"] for t in wrong.values()] == ["failed", "failed"]
    assert "first pass" in wrong["TestIt::test_second"]["feedback"]


def test_parametrized_hidden_tests(kit):
    test = HEAD + "@pytest.mark.parametrize('n', [1, 2])\ndef test_n(student, n):\n    pass\n"
    assert list(by_name(grade(kit(test)))) == ["test_n[1]", "test_n[2]"]


SECRET = "raise ValueError(f'saw {x}')"


def test_what_is_hidden_stays_hidden(kit):
    text = json.dumps(grade(kit(DOUBLE, solution=SECRET)))
    assert "saw" not in text.replace(SECRET, "")  # the student's own line is quoted
    wrong = by_name(grade(kit(DOUBLE, solution="return 3 * x")))["test_values"]["feedback"]
    assert "Wrong in 3 of 3 places" in wrong
    assert "expected" not in wrong


def test_what_is_revealed_is_shown(kit):
    reveal = 'reveal = "full"'
    raised = by_name(grade(kit(DOUBLE, "print('hello'); " + SECRET, reveal)))["test_values"]
    assert "It says: saw [" in raised["feedback"]
    assert "Called as double(array([" in raised["feedback"]
    assert "Printed: hello" in raised["feedback"]
    wrong = by_name(grade(kit(DOUBLE, "return 3 * x", reveal)))["test_values"]["feedback"]
    assert "Got [" in wrong
    assert "expected [" in wrong


def test_the_command_line(kit, tmp_path):
    root = kit(DOUBLE)
    files = {name: tmp_path / f"report.{name}" for name in ("json", "markdown", "html")}
    options = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    done = autograder("grade", root / "reference", "--kit", root, *options)
    assert done.returncode == 0
    assert "6 / 8" in done.stdout
    assert json.loads(files["json"].read_text())["score"] == 6
    assert "doubles numbers" in files["markdown"].read_text()
    assert "doubles numbers" in files["html"].read_text()
    below = autograder("grade", root / "reference", "--kit", root, "--fail-under", "76")
    at = autograder("grade", root / "reference", "--kit", root, "--fail-under", "75")
    assert (below.returncode, at.returncode) == (1, 0)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nowhere"], "no file or folder"),
        (["reference", "--only", "triple"], "there is no exercise 'triple'"),
        (["reference", "--kit", "hidden_tests"], "grader.toml does not exist"),
        (["reference", "--json", "no/such/folder/x.json"], "cannot be written"),
        (["reference", "--seed", "-1"], "seed"),
        (["reference", "--nonsense"], "No such option"),
        ([], "Missing argument"),
    ],
)
def test_usage_errors_exit_with_2(kit, args, said):
    done = autograder("grade", *args, cwd=kit(DOUBLE))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_only_one_exercise():
    done = autograder("grade", "reference", "--only", "naive", "--json", "-")
    document = json.loads(done.stdout)
    assert [e["name"] for e in document["exercises"]] == ["naive"]
    assert document["score"] == document["max_score"] == 5


def test_the_schema_in_the_package_is_that_of_the_code():
    from autograder.result import json_schema

    stored = json.loads((ROOT / "autograder/result.schema.json").read_text())
    assert stored == json_schema(), "run: python -m autograder.result"


def test_the_grading_folder_of_a_user_is_left_as_it_was(kit):
    root = kit(DOUBLE)
    before = sorted(p.name for p in root.rglob("*") if "__pycache__" not in p.parts)
    grade(root)
    assert sorted(p.name for p in root.rglob("*") if "__pycache__" not in p.parts) == before
    shutil.rmtree(root / "hidden_tests/__pycache__", ignore_errors=True)


PROVED = HEAD + (
    "from pathlib import Path\n"
    "@oracle\n"
    "def twice(x):\n    return 2 * x\n"
    "def test_good(student):\n    pass\n"
    "class TestOthers:\n"
    "    def test_in_a_class(self, student):\n        pass\n"
    "def test_bad(student):\n"
    "    expect_close(student.double(np.ones(3)), twice(np.ones(3)), about='ones')\n"
    "def test_after_it(student):\n"
    "    Path(__file__).with_name('reached').touch()\n    expect(False, 'too')\n"
)


def with_a_mistake(root: Path, line: str) -> Kit:
    (root / "reference/mistakes/double").mkdir(parents=True)
    source = f'"""adding\n\nText."""\ndef double(x):\n    {line}\n'
    (root / "reference/mistakes/double/adds.py").write_text(source)
    return Kit.load(root)


def test_a_mistake_is_run_up_to_its_first_loss_and_the_next_grading_is_whole(kit, servers):
    assignment = with_a_mistake(kit(PROVED), "return x + 2")
    (exercise,) = assignment.exercises.values()
    with Grader(assignment, servers=servers) as grader:
        submission = grader.read(assignment.root / "reference")
        whole = [t.status for t in grader.grade(submission, 7).exercises[0].tests]
        (assignment.root / "hidden_tests/reached").unlink()
        for _ in range(2):
            ((_, lost, named),) = grader.prove(exercise, known_mistakes(exercise), 7)
            assert lost is not None
            assert lost.title == "bad"
            assert [diagnosis.title for diagnosis in named] == ["adding"]
            assert not (assignment.root / "hidden_tests/reached").exists()
        assert [t.status for t in grader.grade(submission, 7).exercises[0].tests] == whole
    assert whole == ["passed", "passed", "passed", "failed"]


def test_a_mistake_that_is_right_loses_nothing(kit, servers):
    tests = PROVED.replace("expect(False, 'too')", "pass")
    assignment = with_a_mistake(kit(tests), "return x + x")
    (exercise,) = assignment.exercises.values()
    with Grader(assignment, servers=servers) as grader:
        ((_, lost, named),) = grader.prove(exercise, known_mistakes(exercise), 7)
    assert (lost, named) == (None, [])


def test_a_course_without_cards_has_no_tests_that_need_one(kit):
    tests = DOUBLE.replace("def test_without", "@pytest.mark.card\ndef test_without")
    assert len(by_name(grade(kit(tests)))) == 2
    root = kit(tests)
    config = root / "grader.toml"
    config.write_text(config.read_text().replace('version = "1"', 'version = "1"\ncards = false'))
    ((name, values),) = by_name(grade(root)).items()
    assert (name, values["max_score"]) == ("test_values", 8)


def test_a_fault_in_naming_the_mistake_costs_no_points(kit, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("autograder.diagnose.Diagnoser.diagnose", broken)
    root = kit(DOUBLE)
    with Grader(Kit.load(root)) as grader:
        result = grader.grade(grader.read(root / "reference"), 1)
    assert (result.status, result.score) == ("graded", 6)
    assert result.exercises[0].diagnosis == []
    assert "ZeroDivisionError" in grader.faults[0]


def test_of_a_notebook_is_told_what_no_process_could_run():
    """A cell with kernels fails where NumPy exercises run, and runs where kernels do."""
    stopped, kernels = "cell 3: a statement raised a NameError; the rest was run", "cell 9: kernels"
    assert _agreed([[stopped, kernels], [stopped], [stopped, kernels]]) == [stopped]
    assert _agreed([[stopped, stopped]]) == [stopped]
    assert _agreed([]) == []
