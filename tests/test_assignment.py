"""The assignment is fair: right solutions lose nothing, trivial ones earn nothing."""

from __future__ import annotations

import ast
import json
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.expect import on_compared
from autograder.grading import Grader
from autograder.intake import Submission, read_submission
from autograder.kit import Exercise, Kit
from autograder.result import ExerciseResult
from autograder.sandbox.loader import Source, StudentCode
from autograder.sandbox.servers import Servers
from autograder.selfcheck import run_checks
from autograder.triton_tasks.workers import Compiler
from tests.conftest import ROOT, SEED, autograder

HONEST = sorted((ROOT / "tests/honest").glob("*/*.*"))
EXAMPLES = {
    "perfect": 70.0,
    "typical": 48.591553,
    "untouched": 0.0,
    "broken": 17.336842,
    "notebook.ipynb": 56.4,
    "zipped.zip": 44.222841,
}


def _submission(identity: str, files: dict[str, Path | str]) -> Submission:
    texts = {n: f if isinstance(f, str) else f.read_text() for n, f in files.items()}
    sheets = {n: Source(f"{n}.toml", texts.pop(n)) for n in ("drills",)}
    code = StudentCode(
        [Source(f"{n}.py", text) for n, text in texts.items()],
        {n: index for index, n in enumerate(texts)},
    )
    return Submission(identity, code, sheets)


@pytest.fixture(scope="module")
def grade_one(whole_kit: Kit, servers: Servers) -> Iterator[Callable[..., ExerciseResult]]:
    """Grade one exercise: the references, with a file or a text in the place of one of them."""
    graders: dict[str, Grader] = {}
    references = {name: e.reference for name, e in whole_kit.exercises.items()}
    with ExitStack() as stack:

        def grade(name: str, what: Path | str, seed: int = SEED) -> ExerciseResult:
            if name not in graders:
                graders[name] = stack.enter_context(Grader(whole_kit, [name], servers=servers))
            submission = _submission(name, {**references, name: what})
            return graders[name].grade(submission, seed).exercises[0]

        yield grade


@pytest.mark.parametrize("name", [p.name for p in sorted((ROOT / "tests/honest").iterdir())])
def test_right_solutions_of_any_style_earn_everything_with_room_to_spare(grade_one, one_card, name):
    """Each in ten times the room that it needs; shown by ``pytest -rP``."""
    paths = [path for path in HONEST if path.parent.name == name]
    lost, rooms = [], {"no comparison": math.inf}
    for path in paths:
        worst = [0.0]
        on_compared.append(worst.append)
        try:
            result = grade_one(name, path)
        finally:
            on_compared.remove(worst.append)
        lost += [
            (path.stem, t.id, t.feedback)
            for t in result.tests
            if t.status not in ("passed", "deferred")
        ]
        if max(worst) > 0:
            rooms[path.stem] = 1 / max(worst)
    tightest = min(rooms, key=rooms.__getitem__)
    print(f"{name}: {len(paths)} solutions, smallest room {rooms[tightest]:.1f} ({tightest})")
    assert not lost
    assert rooms[tightest] >= 10


def test_there_are_right_solutions_of_each_exercise(whole_kit):
    for name, known in whole_kit.exercises.items():
        assert sum(p.parent.name == name for p in HONEST) >= (3 if known.is_sheet else 8)
    assert len(HONEST) >= 60


def test_there_are_known_mistakes_of_each_exercise(whole_kit):
    assert all(known.mistakes for known in whole_kit.exercises.values())
    assert sum(len(known.mistakes) for known in whole_kit.exercises.values()) >= 50
    assert all(len(e.mistakes) >= 8 for e in whole_kit.exercises.values() if e.is_gpu_task)


@pytest.mark.parametrize(("name", "score"), EXAMPLES.items())
def test_examples(grader, kit, name, score):
    result = grader.grade(read_submission(ROOT / "examples" / name, kit.files), SEED)
    assert result.status == "graded"
    assert result.score == pytest.approx(score)


def test_the_untouched_example_is_the_stubs(whole_kit):
    for known in whole_kit.exercises.values():
        copy = ROOT / "examples/untouched" / known.path
        assert copy.read_bytes() == known.stub.read_bytes()


# Of what can be had without a card, by task.
GPU_EXAMPLES = {
    "perfect": {"online_softmax": 1.0, "flash_attention": 1.0},
    "typical": {"online_softmax": 0.86, "flash_attention": 0.0},
    "untouched": {"online_softmax": 0.0, "flash_attention": 0.0},
    "broken": {"online_softmax": 0.0, "flash_attention": 0.0},
}


@pytest.mark.usefixtures("gpu_tasks_unnamed")
@pytest.mark.parametrize(("name", "shares"), GPU_EXAMPLES.items())
def test_examples_of_gpu_tasks(gpu_grader, whole_kit, name, shares):
    result = gpu_grader.grade(read_submission(ROOT / "examples" / name, whole_kit.files), SEED)
    assert result.status == "graded", gpu_grader.faults
    assert {
        e.name: pytest.approx(e.score / e.max_score, abs=0.005) for e in result.exercises
    } == shares


def test_what_needs_a_card_is_marked_so(whole_kit):
    for exercise in whole_kit.exercises.values():
        text = exercise.hidden_test.read_text()
        for test in re.split(r"\n\n\n(?=@|def )", text):
            if re.search(r"^def test_", test, re.MULTILINE):
                needs = re.search(r"needs_card\(|expect_fast\(", test) is not None
                assert needs == ("@pytest.mark.card" in test), test


def test_there_are_no_other_examples():
    assert {p.name for p in (ROOT / "examples").iterdir()} == set(EXAMPLES)


@pytest.mark.parametrize("seed", [0, 1, 2**48 - 1])
def test_the_references_earn_everything_whatever_the_seed(grader, kit, seed):
    result = grader.grade(read_submission(ROOT / "reference", kit.files), seed)
    assert result.score == result.max_score == 70


# Answers that need no thought: of a shape and a type, for the logits x with k classes.
TRIVIAL = {
    "zeros": "np.zeros(shape, t)",
    "ones": "np.ones(shape, t)",
    "uniform": "np.full(shape, 1 / k, t)",
    "NaN": "np.full(shape, np.nan, t)",
    "infinity": "np.full(shape, -np.inf, t)",
    "the input": "np.resize(x, shape).astype(t)",
    "the maximum": "np.full(shape, x.max(initial=0), t)",
    "the maximum of each row": "spread(x.max(-1, keepdims=True, initial=-np.inf), shape, t)",
    "log K and a half": "np.full(shape, np.log(k) + 0.5, t)",
    "one-hot": "np.resize(x == x.max(-1, keepdims=True, initial=-np.inf), shape).astype(t)",
    "the mean": "np.full(shape, x.mean() if x.size else 0, t)",
    "the mean of the values": "spread(v.mean(0), shape, t)",
    "ValueError": "error()",
    "the answer before": "before(x, shape, t)",
    "float16 within": "half(shape, t)",
}
HELPERS = """
import numpy as np
v = np.zeros((1, 1))
last = [np.ones(3)]

def error():
    raise ValueError

def spread(values, shape, t):
    values = values.reshape(shape) if values.size == np.prod(shape, dtype=int) else values
    return np.array(np.broadcast_to(values, shape), t)

def before(x, shape, t):
    old = last[0]
    last[0] = np.exp(x - x.max(initial=0)) / np.exp(x - x.max(initial=0)).sum()
    return np.resize(old if old.size else [1], shape).astype(t)

def soft(x, axis=-1):
    with np.errstate(all="ignore"):
        e = np.exp(x - x.max(axis, keepdims=True, initial=-np.inf))
        return e / e.sum(axis, keepdims=True)

def kind(x):
    return x.dtype if x.dtype.kind == "f" else np.dtype(float)

def trivial(x, shape, half):
    t, k = kind(x), x.shape[-1]
    with np.errstate(all="ignore"):
        return ANSWER
"""
TOP = "y.max(axis, keepdims=True)"
LSE = f"np.log(np.exp(y - {TOP}).sum(axis, keepdims=True)) + {TOP}"
# Each with what it would be in float16, which is trivial only for wider types.
FUNCTIONS = {
    "naive": """
def softmax_naive(x):
    y = x.astype(np.float16)
    with np.errstate(all="ignore"):
        e = np.exp(y)
        return trivial(x, x.shape, lambda s, t: (e / e.sum(-1, keepdims=True)).astype(t))
""",
    "stable": """
def softmax_stable(x, axis=-1):
    return trivial(x, x.shape, lambda s, t: soft(x.astype(np.float16), axis).astype(t))
""",
    "log_sum_exp": f"""
def lse(x, axis):
    y = x.astype(np.float16)
    with np.errstate(all="ignore"):
        return {LSE}

def log_sum_exp(x, axis=-1):
    shape = np.delete(x.shape, axis)
    return trivial(x, tuple(shape), lambda s, t: lse(x, axis).squeeze(axis).astype(t))

def log_softmax(x, axis=-1):
    return trivial(x, x.shape, lambda s, t: (x.astype(np.float16) - lse(x, axis)).astype(t))
""",
    "cross_entropy": f"""
def loss(x, labels):
    y, axis = x.astype(np.float16), -1
    with np.errstate(all="ignore"):
        return ({LSE} - np.take_along_axis(y, np.asarray(labels)[..., None], -1))[..., 0]

def cross_entropy(x, labels):
    return trivial(x, np.shape(labels), lambda s, t: loss(x, labels).astype(t))
""",
    "online": """
def online_normalizer(s):
    return PAIR

def softmax_online(x):
    return trivial(x, x.shape, lambda s, t: soft(x.astype(np.float16)).astype(t))
""",
    "merge": """
def merge(a, b):
    return PAIR

def softmax_chunked(x, n_chunks):
    return trivial(x, x.shape, lambda s, t: soft(x.astype(np.float16)).astype(t))
""",
    "sharded": """
def softmax_sharded(x, comm):
    return trivial(x, x.shape, lambda s, t: soft(x.astype(np.float16)).astype(t))
""",
    "attention": """
def attention_online(q, blocks, scale=None):
    global v
    k, v = map(np.concatenate, zip(*blocks))
    def half(s, t):
        f = scale or 1 / np.sqrt(q.shape[1])
        scores = (q * f).astype(np.float16) @ k.T.astype(np.float16)
        return (soft(scores) @ v.astype(np.float16)).astype(t)
    return trivial(q, (len(q), v.shape[1]), half)
""",
}
PAIRS = ("(0.0, 0.0)", "(float('-inf'), 0.0)", "(0.0, 1.0)")


@pytest.mark.parametrize("answer", TRIVIAL.values(), ids=TRIVIAL)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_trivial_answers_earn_less_than_a_tenth(grade_one, name, answer):
    helpers = HELPERS.replace("ANSWER", answer)
    for pair in PAIRS if "PAIR" in FUNCTIONS[name] else PAIRS[:1]:
        returned = {"error()": "error()"}.get(answer, pair)
        got = grade_one(name, helpers + FUNCTIONS[name].replace("PAIR", returned))
        passed = [t.id for t in got.tests if t.status == "passed"]
        assert got.score < 0.1 * got.max_score, passed


@pytest.mark.parametrize("answer", ["0", "0.5", "1", '"nan"', "true", "false", '"finite"'])
def test_one_answer_to_all_drills_earns_less_than_a_tenth(grade_one, kit, answer):
    stub = kit.exercises["drills"].stub.read_text()
    got = grade_one("drills", stub.replace('""', answer))
    assert got.score < 0.1 * got.max_score, [t.id for t in got.tests if t.status == "passed"]


def test_titles_tell_tests_of_one_exercise_apart(grader):
    titles = [(t.exercise, t.title) for t in grader.tests]
    assert len(set(titles)) == len(titles)
    assert len(titles) >= 45


def test_try_passes_on_a_right_submission_and_not_on_the_stubs():
    right = autograder("try", "examples/perfect")
    assert right.returncode == 0, right.stdout
    stubs = autograder("try", "--only", "naive", "--only", "online_softmax")
    assert stubs.stdout.count("not written yet") == 2


def test_try_shows_a_syntax_error_in_the_file_being_worked_on(tiny):
    (tiny / "exercises/trapezoid.py").write_text("def trapezoid(y, dx=1.0:\n    pass\n")
    done = autograder("try", cwd=tiny)
    assert done.returncode == 1
    assert 'File "exercises/trapezoid.py", line 1' in done.stdout
    assert "SyntaxError" in done.stdout


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        ("print(1)\n    return np.exp(x) / np.exp(x).sum()", "all that the code prints counts"),
        ("y = np.exp(x)", "The answer is None: softmax_naive may lack a return."),
        ("return x.tolist()", "The answer is a list, and should be a NumPy array."),
        ("return x", ""),
        ("return x.tolist().round()", ""),  # the student's own line
    ],
)
def test_try_says_what_a_beginner_cannot_see(tmp_path, lines, note):
    text = f"import numpy as np\ndef softmax_naive(x):\n    {lines}\n"
    (tmp_path / "naive.py").write_text(text)
    said = " ".join(autograder("try", tmp_path, "--only", "naive").stdout.split())
    assert (note in said) if note else (" note " not in said)


def test_try_shows_lines_of_what_was_handed_in_and_of_no_other_file(tmp_path):
    """Both from a folder in which the stubs lie under the same names."""
    (tmp_path / "naive.py").write_text("import numpy as np\ndef softmax_naive(x:\n    pass\n")
    said = autograder("try", tmp_path, "--only", "naive").stdout
    assert "def softmax_naive(x:" in said
    lines = "\n" * 9 + "    return x.no_such_thing\n"
    (tmp_path / "naive.py").write_text(f"def softmax_naive(x):\n{lines}")
    said = autograder("try", tmp_path, "--only", "naive").stdout
    assert 'File "naive.py", line 11, in softmax_naive\n                return x.no_such' in said
    assert "loader.py" not in said


def test_a_file_of_the_students_does_not_shadow_the_standard_library(tmp_path):
    shutil.copy(ROOT / "reference/naive.py", tmp_path)
    (tmp_path / "random.py").write_text("print('mine')\n")
    command = [Path(sys.executable).with_name("autograder"), "try", ".", "--only", "naive"]
    done = subprocess.run(
        [*command, "--kit", ROOT], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_try_prints_inert_text(tmp_path):
    """It runs in workflows too, where a line can be a command."""
    (tmp_path / "naive.py").write_text(
        "print('\\n::error::x\\n\\x1b[31m##[add-mask]y')\n"
        "def softmax_naive(x):\n    return '\\n::set-output name=x::y'\n"
    )
    said = autograder("try", tmp_path, "--only", "naive").stdout
    assert "add-mask" in said
    assert "\x1b" not in said
    assert "##[" not in said
    assert not [line for line in said.splitlines() if line.lstrip().startswith("::")]


def test_try_counts_what_shows_something():
    assert "stable          0 of 6 examples" in autograder("try", "--only", "stable").stdout


def test_try_reads_what_an_editor_on_windows_saves(tiny):
    """In the student's copy the stub, which holds the examples, is the file that was saved."""
    work = tiny / "exercises/trapezoid.py"
    lines = work.read_text().splitlines()
    work.write_bytes("\r\n".join(["\ufeff" + lines[0], *lines[1:], ""]).encode())
    assert "not written yet" in autograder("try", cwd=tiny).stdout


def test_try_says_where_the_examples_went(tiny):
    shutil.copy(tiny / "reference/trapezoid.py", tiny / "exercises")
    done = autograder("try", cwd=tiny)
    assert done.returncode == 1
    assert "in the docstrings of the file as you got it" in done.stdout


def test_try_takes_every_shape_of_submission():
    notebook = autograder("try", "examples/notebook.ipynb", "--only", "naive")
    assert notebook.returncode == 0, notebook.stdout
    assert autograder("try", "examples/zipped.zip").returncode in (0, 1)


def test_try_stops_an_endless_loop(tiny):
    (tiny / "exercises/trapezoid.py").write_text(
        (tiny / "exercises/trapezoid.py").read_text() + "\nwhile True: pass\n"
    )
    done = autograder("try", cwd=tiny)
    assert done.returncode == 1
    assert "did not finish within 2 seconds" in done.stdout


def test_check_is_green_of_exercises_in_numpy(kit):
    checks = list(run_checks(kit, SEED))
    assert len(checks) > 100
    assert not [check for check in checks if not check.holds]


SPILLING = "one-huge-block"  # a mistake that only the compiler finds


@pytest.mark.parametrize("task", ["online_softmax", "flash_attention"])
def test_check_is_green_of_gpu_tasks(whole_kit, monkeypatch, task):
    """Half of the mistakes: each is replayed, and so are others until it is named.

    All but one of them lose points whatever the compiler says, which takes its time.
    `autograder check` tries all.
    """
    known = whole_kit.exercises[task]
    few = [path for path in known.mistakes if path.stem != SPILLING][::2]
    monkeypatch.setattr(Exercise, "mistakes", few)
    monkeypatch.setattr(Compiler, "compile", lambda *_: [["kernel", 90, 32, 0, 0]])
    checks = list(run_checks(replace(whole_kit, exercises={task: known}), SEED))
    assert len(checks) > 10
    assert not [check for check in checks if not check.holds]


def test_check_of_gpu_tasks_says_what_is_missing(whole_kit, monkeypatch):
    """Without PyTorch all is deferred, and that no mistake loses points says nothing."""
    monkeypatch.setattr("autograder.selfcheck.missing_packages", lambda: ["PyTorch"])
    one = {"online_softmax": whole_kit.exercises["online_softmax"]}
    _, check = run_checks(replace(whole_kit, exercises=one), SEED)
    assert not check.holds
    assert check.what == "online_softmax: can be checked here"
    assert check.detail == "It needs PyTorch: pip install 'onewalk[gpu]'."


@pytest.mark.usefixtures("gpu_tasks_unnamed")
def test_a_block_that_spills_loses_points(grade_one):
    path = ROOT / f"reference/mistakes/online_softmax/{SPILLING}.py"
    result = grade_one("online_softmax", path)
    lost = [t for t in result.tests if t.status not in ("passed", "deferred")]
    assert [t.id for t in lost] == ["test_gpu_online_softmax.py::test_two_reads"]
    assert "bytes a thread go to memory and back" in lost[0].feedback


def test_check_finds_a_mistake_that_costs_nothing(tiny):
    right = (tiny / "reference/trapezoid.py").read_text()
    (tiny / "reference/mistakes/trapezoid/none.py").write_text(right)
    done = autograder("check", cwd=tiny)
    assert done.returncode == 1
    assert "FAIL trapezoid: none loses points" in done.stdout


def test_the_version_is_one():
    from autograder import __version__

    document = json.loads(autograder("grade", "reference", "--json", "-").stdout)
    assert document["kit"]["version"] == __version__


def test_try_runs_where_there_is_no_unix():
    """On other systems neither limits nor a fork server can even be imported."""
    code = (
        "import sys\n"
        "sys.modules['resource'] = None\n"
        "sys.argv = 'autograder try examples/perfect --only online --only online_softmax'.split()\n"
        "from autograder.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_is_printed_on_the_way_out_is_not_the_answer(tmp_path):
    right = (ROOT / "reference/naive.py").read_text()
    (tmp_path / "naive.py").write_text(f"import atexit\natexit.register(print, 'bye')\n{right}")
    done = autograder("try", tmp_path / "naive.py", "--only", "naive")
    assert done.returncode == 0, done.stdout


def test_the_page_for_instructors_says_what_is(whole_kit):
    """Each exercise with its points, each hidden test with its weight, and no other."""
    page = (ROOT / "docs/assignment.md").read_text()
    for name, known in whole_kit.exercises.items():
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert section.startswith(f"\n{known.points:g} points"), name
        assert f"](../{known.path}) | {known.points:g} |" in page
        rows = re.findall(r"^\| `(test_\w+)` \| (\d+) \| .+ \|$", section, re.MULTILINE)
        assert [(test, int(weight)) for test, weight in rows] == _weights(known.hidden_test)


def _weights(path: Path) -> list[tuple[str, int]]:
    found = []
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            calls = [
                d for d in node.decorator_list if ast.unparse(d).startswith("pytest.mark.weight")
            ]
            found.append((node.name, ast.literal_eval(calls[0].args[0]) if calls else 1))
    return found
