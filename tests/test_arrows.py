"""No module imports against the arrows: each may import only what stands above it here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "autograder"

# From what everything stands on to what stands on everything.
LAYERS = [
    {
        "errors",
        "files",
        "result",
        "streams",
        *(f"sandbox.{n}" for n in ("wire", "loader", "answers", "archive", "cgroup", "outside")),
        *(f"sandbox.{n}" for n in ("kernel", "readable", "profiles", "scratch")),
        *(f"triton_tasks.{n}" for n in ("program", "vet", "kernels", "counting", "packages")),
    },
    {"sandbox.collective", "sandbox.namespaces", "sandbox.syscalls"},
    {"triton_tasks.replay", "triton_tasks.tape", "triton_tasks.compiler"},
    {"triton_tasks.card", "triton_tasks.tensors"},
    {"triton_tasks.launches", "triton_tasks.trying"},
    {"triton_tasks.record"},
    {"sandbox.confine"},
    {"practice"},
    {"expect", "sandbox.worker", "sandbox.client", "report.inert"},
    {"sandbox.forkserver", "sandbox.servers", "returns", "intake", "report.view"},
    {"triton_tasks.recording", "triton_tasks.vetting"},
    {"triton_tasks.interpreting", "triton_tasks.compiling"},
    {"kit", "process", "parsing", "report.terminal", "report.markdown", "report.html"},
    {"ranks", "sheet"},
    {"student", "triton_tasks.workers"},
    {"triton_tasks.task"},
    {"plugin", "examples"},
    {"grading", "doctor"},
    {"selfcheck"},
    {"cli"},
    {"__main__"},
]

# Narrower than their layer, because a wall runs there.
ONLY = {
    "sandbox.collective": set(),
    "practice": {"sandbox.collective", "sandbox.loader"},
    "sandbox.worker": {
        f"sandbox.{n}" for n in ("wire", "loader", "answers", "archive", "collective")
    },
    "sandbox.forkserver": {
        f"sandbox.{n}" for n in ("wire", "confine", "kernel", "worker", "profiles")
    },
    "sandbox.client": {
        f"sandbox.{n}"
        for n in ("wire", "confine", "kernel", "cgroup", "outside", "profiles", "readable")
    },
    # What runs beside student code, or beside their kernels: no module of the grader's.
    **{
        f"triton_tasks.{n}": {
            *(f"triton_tasks.{m}" for m in ("program", "tape", "card", "tensors", "launches")),
            *(f"triton_tasks.{m}" for m in ("kernels", "counting")),
        }
        for n in (
            "vet",
            "kernels",
            "counting",
            "replay",
            "compiler",
            "tape",
            "card",
            "tensors",
            "launches",
            "record",
        )
    },
    "examples": {
        "sandbox.loader",
        "sandbox.answers",
        "triton_tasks.packages",
        "triton_tasks.trying",
    },
    **{
        f"report.{n}": {"result", "report.view", "report.inert"}
        for n in ("terminal", "markdown", "html")
    },
}


def modules() -> dict[str, Path]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if path.name != "__init__.py":
            found[name] = path
    return found


def imports(path: Path) -> set[str]:
    """Our modules that a file imports anywhere, functions included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder"):
            base = (node.module or "").removeprefix("autograder").lstrip(".")
            for alias in node.names:
                longer = f"{base}.{alias.name}".lstrip(".")
                found.add(longer if longer in modules() else base)
        elif isinstance(node, ast.Import):
            found |= {
                a.name.removeprefix("autograder.")
                for a in node.names
                if a.name.startswith("autograder")
            }
    return found - {""}


def test_every_module_has_a_layer():
    assert sorted(modules()) == sorted(name for layer in LAYERS for name in layer)


@pytest.mark.parametrize("name", sorted(modules()))
def test_arrows(name: str):
    below: set[str] = set()
    for layer in LAYERS:
        if name in layer:
            break
        below |= layer
    siblings = {"sandbox.client", "sandbox.worker"} & below
    allowed = ONLY.get(name, below | siblings)
    assert imports(modules()[name]) <= allowed


def test_the_assignment_is_never_imported():
    for path in modules().values():
        for folder in ("reference", "hidden_tests", "gpu_tasks"):
            assert f"import {folder}" not in path.read_text()
            assert f"from {folder}" not in path.read_text()


def test_the_grader_knows_nothing_of_softmax():
    for name, path in modules().items():
        tree = ast.parse(path.read_text())
        words = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        words |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        assert not {w for w in words if "softmax" in w.lower()}, name
