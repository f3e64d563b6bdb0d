"""What the README and the documentation say is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, autograder
from tests.test_hostile import ALL

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *ROOT.glob("*/README.md")]


def stable_lines(report: str) -> list[str]:
    """Without what changes from one grading or machine to the next."""
    head, _, rest = report.partition("\n\n")
    kept = re.sub(
        r"^  (graded|with|confinement) .*\n(    .*\n)*", "", head + "\n", flags=re.MULTILINE
    )
    return [line.rstrip() for line in (kept + rest).splitlines()]


def test_the_report_in_the_readme_is_what_the_command_prints():
    pasted = re.search(
        r"<!-- report -->\n```\n(.*?)```\n<!-- report ends -->", PAGES[0].read_text(), re.DOTALL
    )
    assert pasted is not None
    done = autograder("grade", "examples/typical", "--only", "online", "--seed", "7")
    assert stable_lines(pasted[1]) == stable_lines(done.stdout)


def test_the_examples_of_try_are_what_the_command_prints():
    done = autograder("try", "examples/typical", "--only", "stable")
    for line in done.stdout.splitlines():
        assert line.rstrip() in PAGES[0].read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_counts_are_those_of_the_files(page: Path):
    counts = {
        "right solutions": len(list((ROOT / "tests/honest").glob("*/*.*"))),
        "known mistakes": len(list((ROOT / "reference/mistakes").glob("*/*.*"))),
        "attacks": sum(f.is_attack for f in ALL),
        "hostile submissions": sum(f.is_attack for f in ALL),
        "odd but honest": sum(f.kind == "honest" for f in ALL),
    }
    for number, what in re.findall(rf"(\d+) ({'|'.join(counts)})", page.read_text()):
        assert int(number) == counts[what]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    text = re.sub(r"`[^`\n]*`", "", page.read_text())  # code may look like a link
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_threat_model_names_tests_that_exist():
    text = (ROOT / "docs/threat-model.md").read_text()
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    named = re.findall(r"`(?:tests/\w+\.py::)?(test_\w+)`", text)
    assert len(named) >= 10
    for name in named:
        assert f"def {name}(" in tests, name


def test_options_in_the_readme_are_those_of_the_command():
    commands = ("grade", "try", "hint", "batch", "report", "export", "bench")
    help_text = "".join(autograder(command, "--help").stdout for command in commands)
    for option in re.findall(r"`(--[\w-]+)", PAGES[0].read_text()):
        assert option in help_text, option
