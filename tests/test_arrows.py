"""No module imports against the arrows: each may import only what stands above it here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "autograder"

# From what everything stands on to what stands on everything.
LAYERS = [
    {"errors", "exchange.formats", "triton_tasks.nickname"},
    {
        "files",
        "processor",
        "result",
        "signals",
        "streams",
        *(f"sandbox.{n}" for n in ("wire", "loader", "answers", "archive", "cgroup", "outside")),
        *(f"sandbox.{n}" for n in ("kernel", "readable", "profiles", "scratch")),
        *(f"triton_tasks.{n}" for n in ("program", "vet", "kernels", "counting", "packages")),
        *(f"triton_tasks.{n}" for n in ("facts", "samples", "tiled", "binary", "cards", "cases")),
    },
    {"sandbox.collective", "sandbox.namespaces", "sandbox.syscalls"},
    {"triton_tasks.replay", "triton_tasks.tape", "triton_tasks.compiler"},
    {f"triton_tasks.{n}" for n in ("stopwatch", "device", "speed", "occupancy", "baseline")},
    {f"triton_tasks.{n}" for n in ("baselining", "arena", "launcher")},
    {"triton_tasks.card", "triton_tasks.tensors"},
    {"triton_tasks.launches", "triton_tasks.trying"},
    {"triton_tasks.record"},
    {"sandbox.confine"},
    {"practice"},
    {"expect", "sandbox.worker", "sandbox.client"},
    {f"report.{n}" for n in ("inert", "gfm", "items", "plots", "engine", "chart")},
    {"report.speed", "report.bench"},
    {"sandbox.forkserver", "sandbox.servers", "returns", "intake"},
    {"report.view", "report.roofline", "report.leaderboard"},
    {"triton_tasks.recording", "triton_tasks.vetting", "triton_tasks.running"},
    {"triton_tasks.interpreting", "triton_tasks.compiling"},
    {"exchange.table", "exchange.results"},
    {"exchange.overrides", "exchange.roster"},
    {"report.brief"},
    {"exchange.csv", "exchange.canvas", "exchange.moodle", "exchange.nbgrader"},
    {"kit", "process", "parsing"},
    {f"report.{n}" for n in ("terminal", "markdown", "html", "class_page")},
    {"exchange.gradescope", "exchange.classroom50"},
    {"exchange.reporter", "exchange.github_api", "exchange.github_told"},
    {"exchange.github"},
    {"exchange.github_collect", "exchange.github_post"},
    {"report.class_html"},
    {"report.pages"},
    {"calls", "mistakes"},
    {"ranks", "sheet", "adjust", "reading", "likeness"},
    {"student", "triton_tasks.workers"},
    {"triton_tasks.session"},
    {"triton_tasks.task"},
    {"plugin", "examples"},
    {"diagnose"},
    {"actions"},
    {"graded_cell"},
    {"release.files"},
    {"release.wheel", "release.assignment", "release.constraints", "release.notebook"},
    {"release.student"},
    {f"release.{n}" for n in ("folder", "github", "gradescope", "classroom50", "nbgrader")},
    {"grading", "doctor", "bench", "entries", "progress", "store", "hint", "attempts"},
    {"selfcheck", "jobs", "watch.inputs", "hosted.bundled"},
    {"hosted.grading"},
    {"hosted.gradescope", "hosted.classroom50"},
    {"watch.session"},
    {"watch.screen"},
    {"watch.loop"},
    {"pool", "cluster", "batch", "exporting"},
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
            *(f"triton_tasks.{m}" for m in ("kernels", "counting", "binary", "tiled", "nickname")),
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
    # What runs on a card gets compiled code and numbers: nothing that reads text, or makes code.
    **{
        f"triton_tasks.{n}": {f"triton_tasks.{m}" for m in ("program", "binary", "tiled", "device")}
        for n in ("binary", "launcher", "arena")
    },
    "triton_tasks.running": {
        *("sandbox.wire", "sandbox.worker"),
        *(f"triton_tasks.{n}" for n in ("arena", "binary", "device", "facts", "launcher")),
        *(f"triton_tasks.{n}" for n in ("program", "samples", "stopwatch", "tiled")),
    },
    "examples": {
        "sandbox.loader",
        "sandbox.answers",
        "triton_tasks.packages",
        "triton_tasks.trying",
    },
    # An assignment becomes files: nothing is graded for it.
    **{
        f"release.{n}": {
            *("errors", "kit"),
            *(f"release.{m}" for m in ("files", "wheel", "assignment", "student", "constraints")),
        }
        for n in (
            *("files", "wheel", "assignment", "student", "folder"),
            *("constraints", "gradescope", "classroom50"),
        )
    },
    "release.github": {
        *("kit", "exchange.reporter"),
        *(f"release.{n}" for n in ("assignment", "constraints", "files", "student", "wheel")),
    },
    "release.notebook": {"errors", "kit", "sandbox.loader"},
    "release.nbgrader": {
        *("errors", "kit", "examples", "graded_cell"),
        *(f"release.{m}" for m in ("files", "notebook", "student")),
    },
    # Installs all others.
    "hosted.bundled": set(),
    # They see results, and nothing of how they came about.
    **{
        f"exchange.{n}": {
            "result",
            "errors",
            "files",
            "report.inert",
            *(f"exchange.{m}" for m in ("table", "overrides", "roster")),
        }
        for n in ("table", "results", "overrides", "roster", "csv", "canvas", "moodle")
    },
    "exchange.gradescope": {
        *("result", "exchange.roster"),
        *(f"report.{n}" for n in ("inert", "gfm", "speed", "view")),
    },
    "exchange.classroom50": {
        *("result", "exchange.roster"),
        *(f"report.{n}" for n in ("inert", "markdown", "view")),
    },
    # Comments are reports.
    "exchange.github": {
        "result",
        "exchange.reporter",
        "exchange.roster",
        *(f"report.{n}" for n in ("inert", "markdown", "view")),
    },
    "exchange.reporter": set(),
    "exchange.github_api": {"errors"},
    "exchange.github_told": {"report.gfm", "report.inert"},
    "exchange.github_collect": {
        "errors",
        "files",
        *(f"exchange.{n}" for n in ("github", "github_api", "github_told", "roster")),
    },
    "exchange.github_post": {
        "errors",
        *(f"exchange.{n}" for n in ("github", "github_api", "github_told")),
    },
    "exchange.nbgrader": {
        *("errors", "files", "result", "exchange.roster", "report.brief", "report.view")
    },
    "report.brief": {"report.view"},
    "adjust": {"errors", "result", "kit", "exchange.overrides"},
    "report.terminal": {"result", "report.view", "report.inert"},
    "report.markdown": {"result", "report.view", "report.gfm"},
    # A document and nothing else: what graded it is not known here.
    "report.html": {
        "result",
        *(f"report.{n}" for n in ("view", "plots", "engine", "roofline")),
    },
    "report.class_page": {"result", *(f"report.{n}" for n in ("view", "inert", "items", "plots"))},
    "report.class_html": {"report.class_page", "report.engine"},
    "report.bench": {"report.chart", "report.engine"},
    "report.pages": {
        *("exchange.results", "files", "result"),
        *(f"report.{n}" for n in ("html", "class_page", "class_html", "leaderboard")),
    },
    "report.leaderboard": {"result", *(f"report.{n}" for n in ("inert", "engine", "speed"))},
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
