"""The operators make the slips they should, and leave alone what no hidden test can see."""

from __future__ import annotations

import ast

import pytest

from tests.mutation.__main__ import explanations
from tests.mutation.operators import mutants

QUIET = '''
"""A module."""

import numpy as np


def f(x: int = 0) -> "int":
    """A function."""
    with np.errstate(over="ignore"):
        raise ValueError("a message")
'''

SLIPS = {
    "a - b": {"a + b", "a / b", "a", "b", "b - a"},
    "a @ b": {"a * b", "a + b", "a", "b", "b @ a"},
    "a < b": {"a <= b", "a > b", "a >= b", "a == b", "a != b"},
    "a in b": {"a not in b"},
    "a and b": {"a or b", "a", "b"},
    "not a": {"a"},
    "-a": {"a"},
    "0": {"1", "-1"},
    "-1": {"0", "-2", "1"},
    "2.0": {"3.0", "1.0", "-2.0"},
    "True": {"False"},
    "None": {"0"},
    "'f'": {"'i'"},
    "'iu'": {"'i'", "'u'"},
    "math.inf": {"-math.inf"},
    "-math.inf": {"math.inf"},
    "np.exp": {"np.exp2", "np.expm1"},
    "np.zeros_like": {"np.ones_like"},
    "np.float64": {"np.float32", "np.float16"},
    "max(a)": {"min(a)", "a"},
    "np.f(a, b)": {"np.f(b, a)", "np.f(a)", "a"},
    "a.sum(axis=axis, keepdims=b)": {
        "a.mean(axis=axis, keepdims=b)",
        "a.prod(axis=axis, keepdims=b)",
        "a.sum(keepdims=b)",
        "a.sum(axis=axis)",
        "a.sum(axis=0, keepdims=b)",
        "a.sum(axis=-1, keepdims=b)",
        "a",
    },
    "a[b:c]": {"a[:c]", "a[b:]", "a[b + 1:c]", "a[b - 1:c]", "a[b:c + 1]", "a[b:c - 1]"},
    "a if b else c": {"a if True else c", "a if False else c"},
    "[a for a in b if c]": {"[a for a in b]"},
}

STATEMENTS = {
    "a = b": {"pass"},
    "a += b": {"a -= b", "a *= b", "a = b", "pass"},
    "a, b = (c, d)": {"a, b = (d, c)", "pass"},
    "raise ValueError('x')": {"raise TypeError", "pass"},
    "raise KeyError": {"raise ValueError", "pass"},
    "if a:\n    b()": {"if True:\n    b()", "if False:\n    b()", "pass", "if a:\n    pass"},
    "for a in b:\n    c()": {
        "for a in b:\n    c()\n    break",
        "for a in b:\n    continue\n    c()",
        "for a in b:\n    pass",
        "pass",
    },
    "while a:\n    break": {
        "while True:\n    break",
        "while False:\n    break",
        "while a:\n    break\n    break",
        "while a:\n    continue",
        "pass",
    },
    "def f():\n    return (a, b)": {"def f():\n    return None", "def f():\n    return (b, a)"},
    "def f(a=b):\n    return": {"def f(a):\n    return"},
    "@a\ndef f():\n    return": {"def f():\n    return"},
}


def texts(source: str) -> list[str]:
    return [mutant.source for mutant in mutants(source)]


@pytest.mark.parametrize("expression", SLIPS)
def test_slips_in_an_expression(expression: str):
    wanted = {f"lambda: {slip}" for slip in SLIPS[expression]}
    assert set(texts(f"lambda: {expression}")) == {"pass"} | wanted


@pytest.mark.parametrize("statement", STATEMENTS)
def test_slips_in_a_statement(statement: str):
    assert set(texts(statement)) == STATEMENTS[statement]


def test_what_no_hidden_test_can_see_is_left_alone():
    found = {(m.before, m.after) for m in mutants(QUIET)}
    defined = "def f(x: int=0) -> 'int':"
    raised = "raise ValueError('a message')"
    assert found == {
        (defined, "def f(x: int) -> 'int':"),
        (defined, "def f(x: int=1) -> 'int':"),
        (defined, "def f(x: int=-1) -> 'int':"),
        (raised, "pass"),
        (raised, "raise TypeError"),
    }


def test_each_mutant_is_another_module(kit):
    for exercise in kit.exercises.values():
        source = exercise.reference.read_text()
        found = texts(source)
        assert len(set(found)) == len(found) > 10
        assert ast.unparse(ast.parse(source)) not in found


def test_a_mutant_is_known_by_its_lines_wherever_they_stand():
    def known(source: str) -> list[tuple[str, str, str]]:
        return [(m.function, m.before, m.after) for m in mutants(source)]

    text = "def f(a):\n    b = a + 1\n    return b"
    moved = "import a\n\ndef f(a,\n):\n    # Why.\n    b = (a\n    + 1)\n\n    return b"
    assert known(text) == known(moved)
    assert {m.line for m in mutants(text)} == {2, 3}
    assert {m.line for m in mutants(moved)} == {6, 7, 9}


def test_what_is_explained_is_a_mutant_of_a_reference(kit):
    for name, entries in explanations().items():
        found = mutants(kit.exercises[name].reference.read_text())
        for entry in entries:
            assert any(map(entry.fits, found)), (name, entry)
            assert entry.reason
