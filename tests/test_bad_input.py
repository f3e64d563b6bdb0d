"""What is wrong with a file is told where it happened; the other exercises keep their points."""

from __future__ import annotations

import json

import pytest

from tests.conftest import exercise, statuses
from tests.documents import without_figures

HEAD = "import numpy as np\n"


def stable(body: str) -> str:
    return f"{HEAD}def softmax_stable(x, axis=-1):\n    {body}\n"


CASES = {
    "no such file": (None, "missing", "There is no exercises/stable.py in the submission."),
    "an empty file": ("", "missing", "There is no function `softmax_stable`"),
    "no such function": ("def softmax(x): pass\n", "missing", "no function `softmax_stable`"),
    "not a function": (
        "softmax_stable = 3\n",
        "missing",
        "`softmax_stable` in exercises/stable.py is not",
    ),
    "a syntax error": ("def f(:\n", "error", "line 1: `def f(:`"),
    "not written yet": (stable("raise NotImplementedError"), "error", "Not written yet"),
    "an exception": (
        stable("return 1 / 0"),
        "error",
        "a ZeroDivisionError (exercises/stable.py, line 3: `return 1 / 0`)",
    ),
    "an exception of its own": (
        "class Secret(Exception): pass\n" + stable("raise Secret(x)"),
        "error",
        "an exception of its own",
    ),
    "an exception on import": ("1 / 0\n", "error", "Importing the file raised a ZeroDivisionError"),
    "a wrong signature": (
        f"{HEAD}def softmax_stable(): pass\n",
        "error",
        "`softmax_stable(x, axis=-1)`",
    ),
    "no axis": (
        f"{HEAD}def softmax_stable(x): return x\n",
        "error",
        "`softmax_stable(x, axis=-1)`",
    ),
    "another package": (
        f"import scipy.special\n{HEAD}",
        "forbidden",
        "`scipy` (exercises/stable.py, line 1",
    ),
    "another package inside": (stable("import torch"), "forbidden", "`torch`"),
    "a package by a trick": (
        stable("__import__('importlib').import_module('tor' + 'ch')"),
        "forbidden",
        "imports something",
    ),
    "a file that is not there": (
        stable("np.load('weights.npy')"),
        "forbidden",
        "a file, the network or another process",
    ),
    "a file": (
        stable("open(np.__file__, 'w')"),
        "forbidden",
        "a file, the network or another process",
    ),
    "the network": (
        stable("import socket; socket.socket()"),
        "forbidden",
        "a file, the network or another process",
    ),
    "another file of one's own that is not there": (
        f"from exercises.nothing import f\n{HEAD}",
        "error",
        "a file that is not in the submission",
    ),
    "a name that is not there": (f"from numpy import nothing\n{HEAD}", "error", "an ImportError"),
    "another flat file of one's own that is not there": (
        f"from naive import f\n{HEAD}",
        "error",
        "an ImportError",
    ),
    "an OSError of its own": (stable("raise OSError('x')"), "error", "an OSError"),
    "a TypeError inside": (
        f"{HEAD}import functools\n@functools.lru_cache\ndef softmax_stable(x, axis=-1): return x\n",
        "error",
        "The code raised a TypeError",
    ),
    "too deep for Python": ("x = " + "-" * 100_000 + "1\n", "error", "nested too deeply"),
    "None": (stable("pass"), "failed", "Returned None; expected a numpy.ndarray."),
    "a list": (stable("return x.tolist()"), "failed", "expected a numpy.ndarray."),
    "a float": (stable("return 1.0"), "failed", "Returned a float; expected a numpy.ndarray."),
    "strings": (stable("return x.astype(str)"), "failed", "Returned an array of strings"),
    "a generator": (stable("yield x"), "failed", "a generator"),
    "a coroutine": (
        f"{HEAD}async def softmax_stable(x, axis=-1): return x\n",
        "failed",
        "a coroutine",
    ),
    "another shape": (stable("return x.ravel()[:1]"), "failed", "The shape is (1,)"),
    "another type": (stable("return x.astype(complex)"), "failed", "is complex128"),
    "too much memory": (stable("return np.ones(1 << 30)"), "out_of_memory", "512 MB"),
    "leaving": (stable("import os; os._exit(0)"), "crashed", "exit status 0"),
    "a broken pointer": (stable("import ctypes; ctypes.string_at(0)"), "crashed", "SIGSEGV"),
    "sys.exit": (stable("raise SystemExit(0)"), "error", "a SystemExit"),
    "a deep recursion": (stable("return softmax_stable(x, axis)"), "error", "a RecursionError"),
}


@pytest.mark.filterwarnings("ignore")  # a coroutine that is never awaited
@pytest.mark.parametrize(("source", "status", "said"), CASES.values(), ids=CASES)
def test_told_in_the_exercise_where_it_happened(graded, source, status, said):
    result = graded(stable=source)
    broken = exercise(result, "stable")
    assert statuses(result, "stable") <= {status, "failed"}, [t.feedback for t in broken.tests]
    assert any(said in test.feedback for test in broken.tests), {t.feedback for t in broken.tests}
    assert broken.score == 0
    for other in ("naive", "online"):
        assert exercise(result, other).score == exercise(result, other).max_score
    assert result.status == "graded"


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(60)"])
def test_an_endless_loop_costs_its_exercise_and_two_limits(quickly_graded, body):
    result = quickly_graded(stable=stable(body))
    tests = exercise(result, "stable").tests
    assert {t.status for t in tests} == {"timeout"}
    assert "No answer within 0.5 seconds" in tests[0].feedback
    assert sum("Not run" in t.feedback for t in tests) == len(tests) - 2
    assert exercise(result, "naive").score == exercise(result, "naive").max_score
    assert exercise(result, "online").score == exercise(result, "online").max_score


def test_one_endless_call_costs_one_test(quickly_graded):
    reference = "from exercises.naive import softmax_naive\n" + HEAD
    source = reference + (
        "def softmax_stable(x, axis=-1):\n"
        "    while x.dtype == np.float16: pass\n"
        "    m = np.max(x.astype(float) if x.dtype.kind == 'i' else x, axis=axis, keepdims=True)\n"
        "    with np.errstate(invalid='ignore'):\n"
        "        e = np.exp(x - m)\n"
        "    return e / e.sum(axis=axis, keepdims=True)\n"
    )
    tests = exercise(quickly_graded(stable=source), "stable").tests
    assert "timeout" in {t.status for t in tests}
    assert sum(t.status == "passed" for t in tests) > len(tests) / 2


def test_nothing_readable_is_rejected(grader, kit, tmp_path):
    from autograder.intake import read_submission

    path = tmp_path / "broken.zip"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    result = grader.grade(read_submission(path, kit.files), 1)
    assert (result.status, result.score) == ("rejected", 0)
    assert {t.status for e in result.exercises for t in e.tests} == {"missing"}
    assert "broken" in result.findings[0].text


def test_the_same_submission_kit_and_seed_give_the_same_document(graded):
    source = HEAD + (
        "import random\n"
        "def softmax_stable(x, axis=-1):\n"
        "    return x + random.random() + np.random.random() + hash('a') % 7\n"
    )
    first, again = (without_figures(graded(stable=source).model_dump()) for _ in range(2))
    assert first == again


def test_a_result_fits_its_schema(graded):
    import jsonschema

    from autograder.result import json_schema

    result = graded(stable=None, online="while True print('x')")
    jsonschema.Draft202012Validator(json_schema()).validate(result.model_dump(mode="json"))


def test_an_import_of_an_exercise_that_was_not_handed_in(graded):
    for line in ("from exercises.naive import softmax_naive", "from naive import softmax_naive"):
        result = graded(naive=None, stable=f"{line}\n")
        assert statuses(result, "stable") == {"error"}
        assert (
            "a file that is not in the submission" in exercise(result, "stable").tests[0].feedback
        )


def test_the_quoted_line_is_the_line(graded):
    source = (
        "import numpy as np\n\x0c\nx = 1\r\ny = 2\n"
        + "def softmax_stable(x, axis=-1):\n    1 / 0\n"
    )
    feedback = exercise(graded(stable=source), "stable").tests[0].feedback
    assert "line 6: `1 / 0`" in feedback


def test_a_file_that_could_not_be_read_is_told_in_each_of_its_tests(graded):
    tests = exercise(graded(online="# \u00e9".encode("latin-1")), "online").tests
    assert {t.status for t in tests} == {"missing"}
    assert all("is not UTF-8" in t.feedback for t in tests)


def test_a_notebook_that_is_none(grader, kit, tmp_path):
    from autograder.intake import read_submission

    (tmp_path / "hw.ipynb").write_text("{}")
    result = grader.grade(read_submission(tmp_path / "hw.ipynb", kit.files), 1)
    assert "no notebook that can be read" in result.exercises[0].tests[0].feedback


HONEST = {
    "a named tuple": (
        "from typing import NamedTuple\nclass Pair(NamedTuple):\n    m: float\n    d: float\n",
        "return Pair(*reference(stream))",
    ),
    "a list": ("", "return list(reference(stream))"),
    "NumPy scalars": ("", "return tuple(map(np.float64, reference(stream)))"),
    "0-d arrays": ("", "return tuple(map(np.asarray, reference(stream)))"),
    "talking": (
        "import sys, logging\nsys.stdout.reconfigure(encoding='utf-8')\nimport faulthandler\n"
        "faulthandler.enable()\nlogging.basicConfig()\nsys.stdout.buffer.write(b'x')\n",
        "print('x' * 10_000); logging.error('no'); return reference(stream)",
    ),
    "looking at itself": (
        "import inspect\n",
        "assert 'def online' in inspect.getsource(online_normalizer); return reference(stream)",
    ),
    "threads": (
        "from concurrent.futures import ThreadPoolExecutor\n",
        "\n    with ThreadPoolExecutor(64) as pool:\n"
        "        return pool.submit(reference, stream).result()",
    ),
    "practice": (
        "from autograder.practice import ranks\nfor r in ranks(4):\n    print(r)\n",
        "return reference(stream)",
    ),
    "main": ("if __name__ == '__main__':\n    raise SystemExit\n", "return reference(stream)"),
}


@pytest.mark.parametrize(("head", "body"), HONEST.values(), ids=HONEST)
def test_odd_but_honest_code_keeps_its_points(graded, kit, head, body):
    reference = kit.exercises["online"].reference.read_text()
    source = reference.replace("def online_normalizer(", "def reference(").replace(
        "online_normalizer(iter", "reference(iter"
    )
    source += f"\n{head}\ndef online_normalizer(stream):\n    {body}\n"
    lost = [t for t in exercise(graded(online=source), "online").tests if t.status != "passed"]
    # Threads and prints take more memory than the long stream leaves.
    lost = [t for t in lost if "long_stream" not in t.id]
    assert not lost, [(t.id, t.feedback) for t in lost]


def test_right_numbers_of_the_wrong_type_earn_nothing(graded, kit):
    right = kit.exercises["stable"].reference.read_text().replace("softmax_stable(", "right(")
    source = f"{right}\ndef softmax_stable(x, axis=-1):\n    return right(x, axis).tolist()\n"
    broken = exercise(graded(stable=source), "stable")
    assert broken.score == 0, [t.id for t in broken.tests if t.status == "passed"]


def notebook(*cells: str, outputs: str = "") -> str:
    made = [{"cell_type": "code", "source": c, "outputs": [outputs]} for c in cells]
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "#"}, *made]})


SOLVED = """
from math import inf, exp
def softmax_naive(x):
    x = x if x.dtype.kind == "f" else x.astype(float)
    with np.errstate(all="ignore"):
        e = np.exp(x)
        return e / e.sum(-1, keepdims=True)
"""
CELLS = {
    "plain": [f"import numpy as np\n{SOLVED}"],
    "plots": [f"import matplotlib.pyplot as plt\nimport numpy as np\n{SOLVED}"],
    "displays": [f"import numpy as np\ndisplay(np)\nget_ipython()\n{SOLVED}"],
    "magics": [f"%matplotlib inline\nfiles = !ls\nnp.exp?\nimport numpy as np\n{SOLVED}"],
    "timed": [f"%%time\nimport numpy as np\n{SOLVED}"],
    "bombs": ["x = " + "-" * 100_000 + "1", "y = '\ud800'", f"import numpy as np\n{SOLVED}"],
    "leaves": ["raise SystemExit", "await x", f"import numpy as np\n{SOLVED}"],
}


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_what_surrounds_the_answer_in_a_notebook_does_not_matter(grader, kit, tmp_path, cells):
    from autograder.intake import read_submission

    (tmp_path / "hw.ipynb").write_text(notebook(*cells))
    result = grader.grade(read_submission(tmp_path / "hw.ipynb", kit.files), 1)
    assert exercise(result, "naive").score == kit.exercises["naive"].points, result.findings


def test_pictures_in_a_notebook_take_none_of_its_memory(grader, kit, tmp_path):
    from autograder.intake import read_submission

    solution = kit.exercises["online"].reference.read_text()
    (tmp_path / "hw.ipynb").write_text(notebook(solution, outputs="A" * (8 << 20)))
    result = grader.grade(read_submission(tmp_path / "hw.ipynb", kit.files), 1)
    assert exercise(result, "online").score == kit.exercises["online"].points
