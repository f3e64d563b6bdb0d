"""Triton tasks end to end: what a student is told, and what gets into the result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.grading import Grader
from autograder.intake import Submission
from autograder.kit import Kit
from autograder.result import ExerciseResult
from autograder.sandbox.loader import Source, StudentCode
from autograder.sandbox.servers import Servers
from autograder.triton_tasks import task
from autograder.triton_tasks.workers import Kernels
from tests.conftest import ROOT, SEED, autograder

# One launch: as short as a task can be, so that a test of it takes no time.
KERNEL = """
@triton.jit
def double(x_ptr, y_ptr, n, BLOCK: tl.constexpr):
    cols = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + cols, mask=cols < n)
    tl.store(y_ptr + cols, 2 * x, mask=cols < n)
"""
HOST = """
def double_it(x):
    y = torch.empty_like(x)
    double[(1,)](x, y, x.numel(), BLOCK=triton.next_power_of_2(x.numel()))
    return y
"""
HEAD = "import torch\nimport triton\nimport triton.language as tl\n"
RIGHT = HEAD + KERNEL + HOST

HIDDEN = '''
import numpy as np
import pytest
from autograder.expect import expect, expect_equal


@pytest.mark.hint("Twice.")
def test_doubles(student, rng):
    """each number twice"""
    x = rng.standard_normal(7).astype(np.float32)
    run = student.run(x)
    expect_equal(run.output, 2 * x, about="7 numbers")
    student.measure(walks_read=run.walks_read(0), walks_written=run.walks_written)


@pytest.mark.after("test_doubles")
@pytest.mark.hint("Twice.")
def test_compiles(student, rng):
    """compiles"""
    compiled = student.run(rng.standard_normal(7).astype(np.float32)).compiled(90)
    student.measure(registers=max(c.registers for c in compiled))


@pytest.mark.hint("Twice.")
def test_on_a_card(student):
    """on a card"""
    student.needs_card("speed")
'''
CONFIG = """
[kit]
name = "doubling"
version = "1"

[gpu_task.double_it]
points = 12
limits = { seconds = 20 }
"""
STUB = HEAD + KERNEL.replace("2 * x", "x") + "\ndef double_it(x):\n    raise NotImplementedError\n"


@pytest.fixture(scope="module")
def doubling(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """An assignment of one Triton task."""
    root = tmp_path_factory.mktemp("doubling")
    files = {
        "grader.toml": CONFIG,
        "gpu_tasks/double_it.py": STUB,
        "reference/gpu/double_it.py": RIGHT,
        "hidden_tests/test_gpu_double_it.py": HIDDEN,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Kit.load(root)


Grade = Callable[..., ExerciseResult]


@pytest.fixture(scope="module")
def grade(doubling: Kit, servers: Servers) -> Iterator[Grade]:
    """Grade a text as the file of this task."""
    with Grader(doubling, servers=servers) as grader:

        def graded(text: str, notebook: bool = False) -> ExerciseResult:
            path = "homework.ipynb" if notebook else "gpu_tasks/double_it.py"
            code = StudentCode([Source(path, text, notebook)], {"double_it": 0}, ["double_it"])
            (result,) = grader.grade(Submission("s", code), SEED).exercises
            assert result.score is not None, grader.faults
            return result

        graded.grader = grader  # type: ignore[attr-defined]
        yield graded


def feedback(result: ExerciseResult) -> str:
    return result.tests[0].feedback


def test_right_work_earns_all_but_what_needs_a_card(grade: Grade):
    result = grade(RIGHT)
    assert [t.status for t in result.tests] == ["passed", "passed", "deferred"]
    assert (result.score, result.max_score, result.deferred_score) == (8, 8, 4)
    assert result.measurements["walks_read"] == result.measurements["walks_written"] == 1
    assert 0 < result.measurements["registers"] <= 255
    assert feedback(result) == ""
    assert result.nickname is None


def test_the_stub_is_told_what_it_is(grade: Grade):
    result = grade(STUB)
    assert result.score == 0
    assert feedback(result).startswith("Not written yet: the code raises NotImplementedError")


@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        pytest.param(
            HEAD + KERNEL, "missing", "There is no function `double_it`", id="no function"
        ),
        pytest.param("def f(:\n", "error", "Python cannot read the file", id="no Python"),
        pytest.param(
            RIGHT.replace("y = torch", "1 / 0; y = torch"),
            "error",
            "raised a ZeroDivisionError (gpu_tasks/double_it.py, line 12",
            id="host code raises",
        ),
        pytest.param(
            RIGHT.replace("def double_it(x)", "def double_it(x, y)"),
            "error",
            "cannot be called as `double_it(x)`",
            id="other arguments",
        ),
        pytest.param(
            HEAD + KERNEL + "def double_it(x):\n    return x * 2\n",
            "forbidden",
            "`mul` computes outside of kernels, which cannot be replayed: do it in a Triton kernel "
            "(gpu_tasks/double_it.py, line 11: `return x * 2`)",
            id="PyTorch computes",
        ),
        pytest.param(
            RIGHT.replace("return y", "return y if x[0] > 0 else x"),
            "forbidden",
            "(gpu_tasks/double_it.py, line 14: `return y if x[0] > 0 else x`)",
            id="host code looks at values",
        ),
        pytest.param(
            RIGHT.replace("return y", "return [y]"), "forbidden", "Returned a list", id="a list"
        ),
        pytest.param(
            HEAD + KERNEL + "def double_it(x):\n    return torch.empty_like(x)\n",
            "failed",
            "launches no kernel",
            id="no launch",
        ),
        pytest.param(
            RIGHT.replace("2 * x", "tl.core.knobs.os.system(1)"),
            "forbidden",
            "(gpu_tasks/double_it.py, line 9:",
            id="a chain of modules",
        ),
        pytest.param(
            RIGHT.replace("2 * x, mask=cols < n", "2 * x"),
            "error",
            "double writes outside y_ptr: 1 element past its end, in 1 of 8 lanes "
            "(gpu_tasks/double_it.py, line 9: `tl.store(y_ptr + cols, 2 * x)`)",
            id="out of bounds",
        ),
        pytest.param(
            HEAD + "LIMIT = tl.constexpr(1 / 0)\n" + KERNEL.replace("2 * x", "LIMIT * x") + HOST,
            "error",
            "raised a ZeroDivisionError",
            id="a constant that raises",
        ),
        pytest.param(
            HEAD + "def make():\n" + KERNEL.replace("\n", "\n    ") + "\n    return double\n"
            "double = make()\n" + HOST,
            "forbidden",
            "double is a kernel within a function or a class: move it out",
            id="a kernel within a function",
        ),
        pytest.param(
            RIGHT.replace("tl.store(y_ptr", "while n > 0:\n        n = n + 0\n    tl.store(y_ptr"),
            "timeout",
            "an endless loop",
            id="an endless kernel",
        ),
        pytest.param(
            RIGHT.replace("y = torch", "while True: pass\n    y = torch"),
            "timeout",
            "an endless loop",
            id="an endless host function",
        ),
        pytest.param(
            RIGHT.replace("return y", "return y.to(torch.float64)"),
            "failed",
            "The type is float64, for 7 numbers; it should be float32.",
            id="another type",
        ),
        pytest.param(
            RIGHT.replace("torch.empty_like(x)", "torch.empty(8, device=x.device)"),
            "failed",
            "The shape is (8,)",
            id="another shape",
        ),
        pytest.param(
            RIGHT.replace("torch.empty_like(x)", "torch.empty(1 << 40, device=x.device)[:7]"),
            "failed",
            "too much memory",
            id="a terabyte",
        ),
    ],
)
def test_what_is_wrong_is_told(grade: Grade, hurried: Grade, text: str, status: str, says: str):
    result = (hurried if status == "timeout" else grade)(text)
    assert result.tests[0].score == 0
    assert result.tests[0].status == status, feedback(result)
    assert says in feedback(result)


@pytest.fixture(scope="module")
def hurried(doubling: Kit, servers: Servers) -> Iterator[Grade]:
    """The same with less time."""
    name, known = next(iter(doubling.exercises.items()))
    quick = replace(known, limits=known.limits.model_copy(update={"seconds": 1.0}))
    with Grader(replace(doubling, exercises={name: quick}), servers=servers) as grader:

        def graded(text: str) -> ExerciseResult:
            code = StudentCode([Source("gpu_tasks/double_it.py", text)], {name: 0}, [name])
            return grader.grade(Submission("s", code), SEED).exercises[0]

        yield graded


def test_what_the_interpreter_lets_pass_and_a_card_does_not(grade: Grade):
    """A dot of 2 by 2 computes under the interpreter."""
    kernel = KERNEL.replace(
        "tl.store",
        "z = tl.zeros((2, 2), tl.float32)\n    x += tl.sum(tl.dot(z, z))\n    tl.store",
    )
    result = grade(HEAD + kernel + HOST)
    assert [t.status for t in result.tests[:2]] == ["passed", "failed"]
    assert "The kernel double does not compile for a card (sm_90)" in result.tests[1].feedback
    assert "(gpu_tasks/double_it.py, line 10:" in result.tests[1].feedback


def test_shared_memory_is_no_larger_than_a_cards(grade: Grade):
    """A dot keeps both of its operands there: twice 128 KB."""
    kernel = KERNEL.replace(
        "tl.store",
        "few, many = tl.arange(0, 64), tl.arange(0, 1024)\n"
        "    nowhere = few[:, None] + many[None, :] < 0\n"
        "    wide = tl.load(x_ptr + few[:, None] * 1024 + many[None, :], mask=nowhere, other=0.0)\n"
        "    wide = wide.to(tl.float16)\n"
        "    x += tl.sum(tl.dot(wide, tl.trans(wide + 1.0)))\n"
        "    tl.store",
    )
    result = grade(HEAD + kernel + HOST)
    assert result.tests[1].status == "failed"
    said = result.tests[1].feedback
    assert "The kernel double does not compile for a card (sm_90): It needs" in said
    assert "KB of shared memory, and a program can have 227" in said


def test_what_kernels_print_is_for_those_who_may_see_all(
    doubling: Kit, servers: Servers, grade: Grade
):
    text = RIGHT.replace("tl.store", 'print("my number", x)\n    tl.store').replace("2 * x", "x")
    assert "my number" not in feedback(grade(text))
    name, known = next(iter(doubling.exercises.items()))
    config = known.config.model_copy(update={"reveal": "full"})
    telling = replace(doubling, exercises={name: replace(known, config=config)})
    with Grader(telling, servers=servers) as grader:
        code = StudentCode([Source("gpu_tasks/double_it.py", text)], {name: 0}, [name])
        (result,) = grader.grade(Submission("s", code), SEED).exercises
    assert "my number" in feedback(result)
    assert "Called as double_it(array(" in feedback(result)


def test_a_notebook_is_a_file_with_cells(grade: Grade):
    def notebook(*cells: str) -> str:
        code = [{"cell_type": "code", "source": cell} for cell in cells]
        return json.dumps({"cells": code, "nbformat": 4})

    assert grade(notebook(HEAD, "%time 1", KERNEL, HOST), notebook=True).score == 8
    broken = KERNEL.replace("2 * x, mask=cols < n", "2 * x")
    said = feedback(grade(notebook(HEAD, broken, HOST), notebook=True))
    assert "writes outside y_ptr" in said
    assert "(cell 2, line 6)" in said


def test_a_nickname_is_read_and_not_run(grade: Grade):
    assert grade(RIGHT + "\nNICKNAME = 'the <b>moth'\n").nickname == "the bmoth"
    assert grade("NICKNAME = ''\n" + RIGHT).nickname is None
    # What a program would make of it does not count.
    text = "NICKNAME = 'as it stands'\n" + RIGHT + "\nNICKNAME += ', not'\n"
    assert grade(text).nickname == "as it stands"


def test_a_notebook_may_have_a_nickname(grade: Grade):
    cells = [{"cell_type": "code", "source": c} for c in ("NICKNAME = 'moth'", HEAD, KERNEL, HOST)]
    notebook = json.dumps({"cells": cells, "nbformat": 4})
    assert grade(notebook, notebook=True).nickname == "moth"


def test_a_worker_is_not_believed_about_a_nickname(grade: Grade, monkeypatch: pytest.MonkeyPatch):
    ask = Kernels.ask

    def lie(self: Kernels, header: dict[str, Any], *more: Any) -> dict[str, Any]:
        reply = ask(self, header, *more)
        return {**reply, "nickname": "\u202e=x" * 9999} if header["op"] == "vet" else reply

    monkeypatch.setattr(Kernels, "ask", lie)
    assert grade(RIGHT).nickname == "x" * 24


def test_without_pytorch_and_triton_tasks_wait(
    doubling: Kit, grade: Grade, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(task, "missing_packages", lambda: ["PyTorch", "Triton"])
    result = grade(RIGHT)
    assert {t.status for t in result.tests} == {"deferred"}
    assert feedback(result) == "Not graded here: it needs PyTorch and Triton."
    assert (result.score, result.max_score, result.deferred_score) == (0, 0, 12)


def test_no_server_is_started_for_a_task_that_was_not_handed_in(doubling: Kit):
    with Grader(doubling) as grader:
        code = StudentCode([], {}, ["double_it"])
        (result,) = grader.grade(Submission("s", code), SEED).exercises
        assert [t.status for t in result.tests] == ["missing"] * 3
        assert feedback(result) == "There is no gpu_tasks/double_it.py in the submission."
        assert list(grader._servers._servers) == ["numpy"]


def test_the_same_seed_gives_the_same_result(grade: Grade):
    def plain(result: ExerciseResult) -> ExerciseResult:
        tests = [t.model_copy(update={"duration_s": 0}) for t in result.tests]
        return result.model_copy(update={"tests": tests})

    assert plain(grade(RIGHT)) == plain(grade(RIGHT))


def test_try_runs_the_function_itself_and_kernels_may_print(tmp_path: Path):
    """As the official tutorial writes it: asking for the card, and launching what was warmed up."""
    names = ("tutorial_persistent", "autotuned")
    for name in names:
        text = (ROOT / f"tests/honest/online_softmax/{name}.py").read_text()
        text = text.replace("tl.store(", 'tl.device_print("here")\n    tl.store(', 1)
        (tmp_path / "online_softmax.py").write_text(text)
        done = autograder("try", tmp_path / "online_softmax.py", "--only", "online_softmax")
        assert "5 of 5 examples" in done.stdout, done.stdout


def test_try_tells_what_a_kernel_raises(tmp_path: Path):
    text = (ROOT / "reference/gpu/online_softmax.py").read_text()
    (tmp_path / "online_softmax.py").write_text(text.replace("tl.exp(", "tl.expo("))
    done = autograder("try", tmp_path / "online_softmax.py", "--only", "online_softmax")
    assert done.returncode == 1
    assert "0 of 5 examples" in done.stdout
    assert "expo" in done.stdout
