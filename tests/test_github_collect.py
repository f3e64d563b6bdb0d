"""Cloning a class, with the real git, from repositories on this disk."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.entries import find_entries
from autograder.exchange import github_collect
from autograder.exchange.github_api import Github
from autograder.exchange.github_collect import SUBMISSIONS, collect, main
from autograder.exchange.roster import Person
from tests.github.hub import Hub
from tests.github.server import TOKEN, Fault, Repository, Server


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path)


def rows(out: Path) -> list[dict[str, str]]:
    with (out / SUBMISSIONS).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_commit_its_time_and_its_files(hub: Hub, tmp_path: Path):
    sha = hub.repository("class/lab-1", {"exercises/stable.py": "x = 1\n"})
    people = [Person(student="Łukasz, 1", repository="class/lab-1")]
    done = collect(people, tmp_path / "out", None, hub.environment)
    assert (done.found, done.empty, done.failed) == (1, {}, {})
    (row,) = rows(tmp_path / "out")
    assert row == {
        "student": "Łukasz, 1",
        "path": "00001",
        "submitted_at": "2026-11-20T21:59:00Z",
        "repository": "class/lab-1",
        "commit": sha,
        "clock": "commit",
    }
    folder = tmp_path / "out" / "00001"
    assert [p.name for p in folder.iterdir()] == ["exercises"]  # and no .git
    entry = find_entries(tmp_path / "out" / SUBMISSIONS, "onewalk").good["Łukasz, 1"]
    assert entry.what == folder
    assert entry.submitted_at == "2026-11-20T21:59:00Z"


def test_again_brings_what_is_there_now(hub: Hub, tmp_path: Path):
    hub.repository("class/lab-1", {"a.py": "1", "b.py": "1"})
    people = [Person(student="s001", repository="class/lab-1")]
    collect(people, tmp_path / "out", None, hub.environment)
    work = tmp_path / "work/class/lab-1"
    (work / "b.py").unlink()
    hub.commit("class/lab-1", {"a.py": "2"})
    hub.push("class/lab-1")
    collect(people, tmp_path / "out", None, hub.environment)
    assert rows(tmp_path / "out")[0]["commit"] == hub.head(work)
    assert [p.name for p in (tmp_path / "out" / "00001").iterdir()] == ["a.py"]


def test_each_that_cannot_be_fetched_has_a_name(hub: Hub, tmp_path: Path):
    hub.repository("class/good", {"a.py": ""})
    hub.repository("class/other", {"a.py": ""}, branch="other")
    hub.repository("class/empty", {})
    hub.repository("class/shared", {"a.py": ""})
    names = {
        "good": "class/good",
        "other": "class/other",
        "empty": "class/empty",
        "none": "",
        "gone": "class/gone",
        "odd": "class/../../etc",
        "option": "--upload-pack=x/y",
        "one": "class/shared",
        "two": "CLASS/Shared",
    }
    people = [Person(student=s, repository=r) for s, r in names.items()]
    naps: list[float] = []
    done = collect(people, tmp_path / "out", "main", hub.environment, None, naps.append)
    assert done.found == 1
    assert list(done.empty) == ["other", "empty"]
    assert "no branch main" in done.empty["empty"]
    assert list(done.failed) == ["none", "gone", "odd", "option", "one", "two"]
    assert "class/gone" in done.failed["gone"]
    assert "another student's" in done.failed["two"]
    assert not naps  # nothing of this gets better by waiting
    done = collect(people[:2], tmp_path / "out", None, hub.environment)
    assert done.empty == {}
    assert [row["student"] for row in rows(tmp_path / "out")] == ["good", "other"]


def test_an_empty_repository_without_a_branch(hub: Hub, tmp_path: Path):
    hub.repository("class/empty", {})
    people = [Person(student="s001", repository="class/empty")]
    done = collect(people, tmp_path / "out", None, hub.environment)
    assert "empty" in done.empty["s001"]


def test_a_clone_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Nor do the processes that git starts, which hold its output open."""
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nsleep 1000 & wait\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(github_collect, "_TIMEOUT_S", 0.05)
    people = [Person(student="s001", repository="class/lab-1")]
    done = collect(people, tmp_path / "out", None, dict(os.environ))
    assert "not done within" in done.failed["s001"]


def test_a_commit_of_no_time_at_all(hub: Hub, tmp_path: Path):
    hub.repository("class/lab-1", {"a.py": ""})
    hub.commit("class/lab-1", {"a.py": "1"}, when="@99999999999999999 +0000")
    hub.push("class/lab-1")
    people = [Person(student="s001", repository="class/lab-1")]
    assert collect(people, tmp_path / "out", None, hub.environment).found == 1
    assert rows(tmp_path / "out")[0]["submitted_at"] == ""
    assert find_entries(tmp_path / "out" / SUBMISSIONS, "x").good["s001"].submitted_at is None


def test_an_address_names_a_repository_too(hub: Hub, tmp_path: Path):
    hub.repository("class/lab-1", {"a.py": ""})
    address = f"{hub.environment['GITHUB_SERVER_URL']}/class/lab-1.git"
    people = [Person(student="s001", repository=address)]
    collect(people, tmp_path / "out", None, hub.environment)
    assert rows(tmp_path / "out")[0]["repository"] == "class/lab-1"


def test_nothing_of_a_repository_runs_or_leads_out_of_it(hub: Hub, tmp_path: Path):
    (tmp_path / "secret").write_text("secret")
    hub.repository("class/lab-1", {".gitattributes": "*.py filter=evil\n", "a.py": "x"})
    work = tmp_path / "work/class/lab-1"
    (work / "b.py").symlink_to(tmp_path / "secret")
    hub.commit("class/lab-1", {".gitmodules": '[submodule "m"]\npath = m\nurl = ../gone\n'})
    hub.push("class/lab-1")
    people = [Person(student="s001", repository="class/lab-1")]
    assert collect(people, tmp_path / "out", None, hub.environment).found == 1
    assert (tmp_path / "out" / "00001" / "b.py").is_symlink()  # which intake does not follow


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    with server.running():
        yield server
    assert not server.violations


@pytest.fixture
def api(server: Server) -> Iterator[Github]:
    with Github(TOKEN, server.address, print, sleep=lambda _: None) as api:
        yield api


def test_the_time_is_that_of_the_push(hub: Hub, server: Server, api: Github, tmp_path: Path):
    """A commit can say of itself that it was made before the deadline."""
    sha = hub.repository("class/lab-1", {"a.py": ""})
    late, later = "2026-11-25T08:00:00Z", "2026-11-26T08:00:00Z"
    pushes = [("f" * 40, "2026-11-01T08:00:00Z"), (sha, late), (sha, later)]
    server.repositories["class/lab-1"] = Repository({sha}, pushes=pushes)
    people = [Person(student="s001", repository="class/lab-1")]
    done = collect(people, tmp_path / "out", None, hub.environment, api)
    (row,) = rows(tmp_path / "out")
    assert (row["submitted_at"], row["clock"]) == (late, "push")
    assert not done.untimed
    assert not done.unheard
    # What is known is not asked again, and what changed is.
    collect(people, tmp_path / "out", None, hub.environment, api)
    assert len(server.asked) == 1
    assert rows(tmp_path / "out") == [row]
    hub.commit("class/lab-1", {"a.py": "2"})
    hub.push("class/lab-1")
    collect(people, tmp_path / "out", None, hub.environment, api)
    assert len(server.asked) == 2


def test_where_no_push_is_known_the_commits_time_is_taken_and_told(
    hub: Hub, server: Server, api: Github, tmp_path: Path
):
    names = ["unknown", "private", "silent", "after"]
    for name in names:
        sha = hub.repository(f"class/{name}", {"a.py": ""})
        server.repositories[f"class/{name}"] = Repository({sha})
    server.faults += [
        Fault("/class/private/", 403, message="Resource not accessible"),
        Fault("/class/silent/", 0, times=100),
    ]
    people = [Person(student=n, repository=f"class/{n}") for n in names]
    done = collect(people, tmp_path / "out", None, hub.environment, api)
    assert done.found == 4
    assert list(done.untimed) == names
    assert done.unheard
    assert "no push" in done.untimed["unknown"]
    assert not any("/class/after/" in line for line in server.asked)
    assert {row["clock"] for row in rows(tmp_path / "out")} == {"commit"}
    # What was only taken for want of better is asked for again.
    server.faults.clear()
    server.repositories["class/after"].pushes.append((sha, "2026-11-25T08:00:00Z"))
    collect(people, tmp_path / "out", None, hub.environment, api)
    assert [row["clock"] for row in rows(tmp_path / "out")] == ["commit"] * 3 + ["push"]


def test_the_token_is_in_no_file_and_no_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A stand-in for git writes down what it was started with."""
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$*" "${GH_TOKEN-none}"; env >&2; exit 1\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    seen: list[str] = []
    run = github_collect._git

    def watched(*arguments: Any) -> Any:
        done = run(*arguments)
        seen.extend([done.stdout, done.stderr])
        return done

    monkeypatch.setattr(github_collect, "_git", watched)
    people = [Person(student="s001", repository="class/lab-1")]
    environment = {**os.environ, "GH_TOKEN": "github_pat_secret"}
    done = collect(people, tmp_path / "out", None, environment, None, lambda _: None)
    assert "github_pat_secret" not in "".join(seen)  # it is there in base64, in the environment
    assert "none" in seen[0]
    assert "http.https://github.com/.extraheader" in seen[1]
    assert "github_pat_secret" not in done.failed["s001"]


def test_the_program(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    hub.repository("class/lab-1", {"a.py": ""})
    monkeypatch.delenv("GH_TOKEN", raising=False)
    monkeypatch.setenv("GITHUB_SERVER_URL", hub.environment["GITHUB_SERVER_URL"])
    roster = tmp_path / "roster.csv"
    roster.write_text("student,repository\ns001,class/lab-1\ns002,class/gone\n")
    assert main([str(roster), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert said.endswith("Collected: 1 fetched, 0 not handed in, 1 failed\n")
    assert "the times are those of the commits" in said
    assert "not fetched: git clone:" in said
    assert ": s002\n" in said
    roster.write_text("student,repository\ns001,class/lab-1\n")
    assert main([str(roster), "--out", str(tmp_path / "out")]) == 0
    roster.write_text("student\ns001\n")
    assert main([str(roster), "--out", str(tmp_path / "out")]) == 2
    assert "column repository" in capsys.readouterr().err
