"""The one-line cheats, each earning nothing.

Each line is put into a file whose function is as wrong as the stub, so that any point at
all would have come from the cheat.
"""

from __future__ import annotations

import json
import re

import pytest

from tests.conftest import exercise

WRONG = "    return np.full(x.shape, 0.123, x.dtype)\n"
FUNCTION = "def softmax_stable(x, axis=-1):\n"

CHEATS = {
    "nothing": ("", ""),
    "patch numpy.testing": (
        "import numpy.testing\n"
        "for n in dir(numpy.testing):\n"
        "    if n.startswith('assert'): setattr(numpy.testing, n, lambda *a, **k: None)\n",
        "",
    ),
    "patch numpy": ("np.allclose = np.array_equal = lambda *a, **k: True\n", ""),
    "patch builtins": ("import builtins\nbuiltins.abs = builtins.all = lambda *a: True\n", ""),
    "patch json": ('import json\njson.dumps = lambda *a, **k: \'{"op": "passed"}\'\n', ""),
    "leave on import": ("import os\nos._exit(0)\n", ""),
    "leave in the call": ("", "    import os; os._exit(0)\n"),
    "leave in a thread": (
        "import os, threading\n",
        "    threading.Thread(target=os._exit, args=(0,)).start()\n",
    ),
    "leave politely": ("", "    raise SystemExit(0)\n"),
    "interrupt": ("", "    raise KeyboardInterrupt\n"),
    "exit of pytest": ("", "    import pytest; pytest.exit('done', 0)\n"),
    "skip of pytest": (
        "class Skipped(BaseException):\n    pass\nSkipped.__module__ = 'pytest'\n",
        "    raise Skipped('all good')\n",
    ),
    "always equal": (
        "class Equal(float):\n"
        "    def __eq__(self, o): return True\n"
        "    def __le__(self, o): return True\n"
        "    def __array__(self, *a, **k): return np.ones(3)\n",
        "    return Equal(1)\n",
    ),
    "ndarray that always agrees": (
        "class Yes(np.ndarray):\n"
        "    def __array_ufunc__(self, *a, **k): return True\n"
        "    def __array_function__(self, *a, **k): return True\n"
        "    def __eq__(self, o): return True\n",
        "    return x.view(Yes)\n",
    ),
    "a class that says it is ndarray": (
        "class Liar:\n    __class__ = np.ndarray\n    shape = (3,)\n",
        "    return Liar()\n",
    ),
    "NaN everywhere": ("", "    return np.full_like(x, np.nan)\n"),
    "read the hidden tests": (
        "",
        "    import glob\n"
        "    for f in glob.glob('/**/hidden_tests/*.py', recursive=True): exec(open(f).read())\n",
    ),
    "print passed": ("print('1 passed, 0 failed')\n", "    print('PASSED', flush=True)\n"),
    "write to every descriptor": (
        "import os, json\n",
        "    for fd in range(64):\n"
        '        try: os.write(fd, b\'{"status": "passed", "score": 100}\\n\' * 9)\n'
        "        except OSError: pass\n",
    ),
    "write a frame with a verdict": (
        "import os, struct\n",
        '    h = b\'{"op": "passed", "score": 100}\'\n'
        "    for fd in range(64):\n"
        "        try: os.write(fd, struct.pack('<IQ', len(h), 0) + h)\n"
        "        except OSError: pass\n",
    ),
    "close every descriptor": ("import os\n", "    os.closerange(0, 64)\n"),
    "answer later": (
        "import atexit, signal\natexit.register(print, 'passed')\n",
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n",
    ),
    "look for the caller": (
        "import sys\n",
        "    f = sys._getframe()\n"
        "    while f:\n"
        "        for k in list(f.f_locals): f.f_locals[k] = True\n"
        "        f = f.f_back\n",
    ),
    "look for the answer": (
        "import gc\n",
        "    for o in gc.get_objects():\n"
        "        if type(o) is np.ndarray and o is not x and o.shape == x.shape:\n"
        "            return o\n",
    ),
    "swap the worker": (
        "import gc\n",
        "    for o in gc.get_objects():\n"
        "        if type(o).__name__ == 'Worker': o._call = lambda h, r: ({'op': 'passed'}, [])\n",
    ),
    "the stub": ("", "    raise NotImplementedError\n"),
}


@pytest.mark.parametrize(("module", "body"), CHEATS.values(), ids=CHEATS)
def test_earns_nothing(graded, module, body):
    result = graded(stable=f"import numpy as np\n{module}{FUNCTION}{body}{WRONG}")
    cheated = exercise(result, "stable")
    assert cheated.score == 0, [t.id for t in cheated.tests if t.status == "passed"]
    assert result.status == "graded"  # a submission causes no fault of the grader
    for other in ("naive", "online"):
        assert exercise(result, other).score == exercise(result, other).max_score


def test_answering_nothing_earns_nothing(quickly_graded):
    head = "import os\nimport numpy as np\nos.writev = lambda fd, b: sum(map(len, b))\n"
    result = quickly_graded(stable=f"{head}{FUNCTION}{WRONG}")
    assert exercise(result, "stable").score == 0
    assert result.status == "graded"


ODD = [
    "np.ones(())",
    "1.0",
    "np.ones(5)",
    "np.ones((2, 2, 2))",
    "[]",
    "(1.0,)",
    "(1.0, 2.0)",
    "(1, 2, 3)",
    "None",
    "'text'",
    "True",
    "np.float32(1)",
    "np.zeros((0,))",
    "np.zeros(x.shape, object)",
    "np.ones(3, bool)",
    "1 << 300",
    "np.full(7, np.nan)",
    "{}",
    "np.broadcast_to(1.0, (1 << 50,))",
    "(np.ones(3), 1.0)",
    "(float('nan'), -1.0)",
]


@pytest.mark.parametrize("value", ODD)
def test_no_odd_answer_is_a_fault_of_the_grader(graded, kit, value):
    """Whatever comes back of whatever kind, hidden tests do not trip over it."""
    files = {"drills": ""}
    for name, known in kit.exercises.items():
        if not known.is_sheet:
            functions = [f"def {s}:\n    return {value}\n" for s in known.signatures.values()]
            # Some of the odd answers are made of x, whatever the argument is called.
            files[name] = "import numpy as np\nx = np.ones(3)\n" + "".join(functions)
    result = graded(**files)
    assert result.status == "graded", [f.text for f in result.findings]
    assert result.score < 0.1 * result.max_score


def test_hidden_inputs_do_not_come_back(graded):
    """Neither in a message, nor a print, nor the name of a type or an exception."""
    source = (
        "import numpy as np\n"
        "def softmax_stable(x, axis=-1):\n"
        "    word = 'input' + str(x.size)\n"
        "    print(word)\n"
        "    if x.size % 3 == 0: raise ValueError(word)\n"
        "    if x.size % 3 == 1: raise type(word, (Exception,), {})(word)\n"
        "    return type(word, (), {})()\n"
    )
    document = graded(stable=source).to_json()
    assert "input" not in {w for t in _feedbacks(document) for w in t.split()}
    assert not [t for t in _feedbacks(document) if any(f"input{n}" in t for n in range(10))]


def _feedbacks(document: str) -> list[str]:
    return [t["feedback"] for e in json.loads(document)["exercises"] for t in e["tests"]]


def test_no_shape_carries_a_hidden_input(graded):
    body = "    return np.empty((0, int(abs(np.nan_to_num(x).ravel()[:1].sum()) * 1e15)))\n"
    feedback = _feedbacks(graded(stable=f"import numpy as np\n{FUNCTION}{body}").to_json())
    assert any("Returned an array that is far too large" in text for text in feedback)
    assert not any(len(digits) > 7 for text in feedback for digits in re.findall(r"\d+", text))


FORGED = """
import json, os, struct
import numpy as np

def send(header):
    text = json.dumps(header).encode()
    for fd in range(3, 64):
        try:
            os.write(fd, struct.pack("<IQ", len(text), 0) + text)
        except OSError:
            pass
"""


def test_forged_messages_neither_slow_nor_flood(graded):
    """What a worker claims is held to the same bounds as what it is asked for."""
    flood = FORGED + (
        'send({"op": "loaded", "notes": [[n, "stopped", "ValueError"] for n in range(1, 9000)]})\n'
        "# " + "a " * 200_000 + "\n"
        f"{FUNCTION}"
        '    name = "a " * 99_999 + "b"\n'
        '    send({"op": "raised", "bases": ["ModuleNotFoundError"], "module": name})\n'
        "    return x\n"
    )
    result = graded(stable=flood)
    assert exercise(result, "stable").score == 0
    assert len(result.findings) <= 20
    assert len(result.to_json()) < 100_000


ODD_FIELDS = {
    "a number of an error that is none": {"op": "raised", "bases": ["OSError"], "errno": []},
    "a place that is none": {"op": "raised", "bases": [], "where": [[], {}]},
    "a line beyond all lines": {
        "op": "raised",
        "bases": [],
        "where": ["exercises/stable.py", 1 << 63],
    },
    "a module that is none": {"op": "raised", "bases": ["ModuleNotFoundError"], "module": {}},
    "bases that are none": {"op": "raised", "bases": 3, "type": ["ValueError"]},
    "found or not": {"op": "missing", "found": [[]]},
    "prints that are none": {"op": "returned", "printed": {"a": [1]}},
}


@pytest.mark.parametrize("header", ODD_FIELDS.values(), ids=ODD_FIELDS)
def test_no_field_of_a_forged_message_is_a_fault_of_the_grader(graded, header):
    source = f"{FORGED}{FUNCTION}    send({header!r})\n    return x\n"
    result = graded(stable=source)
    assert result.status == "graded", [f.text for f in result.findings]
    assert exercise(result, "stable").score == 0


def test_slow_answers_use_up_the_time_of_the_exercise(quickly_graded):
    body = "    import time; time.sleep(0.04)\n    return x\n"
    tests = exercise(quickly_graded(stable=f"import numpy as np\n{FUNCTION}{body}"), "stable").tests
    assert "all the time that the exercise has" in tests[-1].feedback
    assert sum(t.duration_s for t in tests) < 10 * 0.5


def test_a_result_in_a_log_is_no_command(graded):
    line = "raise ValueError  # ##[add-mask]secret ::error::boo"
    text = graded(stable=f"import numpy as np\n{FUNCTION}    {line}\n").to_json()
    assert "##[" not in text
    assert line in json.loads(text)["exercises"][1]["tests"][0]["feedback"]
    assert not [row for row in text.splitlines() if row.lstrip().startswith("::")]
