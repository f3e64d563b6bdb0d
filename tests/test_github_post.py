"""Posting: once, in place, and to the end, whatever GitHub does meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from autograder.exchange import github_post
from autograder.exchange.github import CommitStatus, Payload
from autograder.exchange.github_api import Github
from autograder.exchange.github_post import Posted, main, post
from tests.github.server import TOKEN, Fault, Repository, Server

STUDENTS = ["s001", "s002", "Łukasz"]
SHA = "b" * 40
MARK = "<!-- autograder: onewalk -->"


def payload(student: str, text: str = "36.9 of 100", state: str = "failure") -> Payload:
    name = f"class/lab-{STUDENTS.index(student)}" if student in STUDENTS else f"class/{student}"
    status = {"state": state, "context": "onewalk (hidden tests)", "description": text}
    return Payload(
        student=student,
        repository=name,
        commit=SHA,
        status=CommitStatus.model_validate(status),
        comment=f"{MARK}\n## {text}\n\n- Grüße\n",
        runners="",
        results={},
    )


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server({f"class/lab-{n}": Repository({SHA}) for n in range(len(STUDENTS))})
    with server.running():
        yield server
    assert not server.violations


@pytest.fixture
def api(server: Server) -> Iterator[Github]:
    with Github(TOKEN, server.address, print, sleep=lambda _: None) as api:
        yield api


@pytest.fixture
def posted(api: Github) -> Callable[..., Posted]:
    """Post for all students."""
    return lambda text="36.9 of 100": post(api, [payload(s, text) for s in STUDENTS])


def bodies(server: Server) -> list[list[str]]:
    return [[c["body"] for c in r.comments] for r in server.repositories.values()]


def test_a_comment_and_a_status_that_leads_to_it(server: Server, posted: Callable[..., Posted]):
    assert posted() == Posted(posted=3)
    for repository in server.repositories.values():
        (comment,), (status,) = repository.comments, repository.statuses
        assert comment["body"] == payload("s001").comment
        assert status["sha"] == SHA
        assert status["state"] == "failure"
        assert status["description"].startswith("36.9 of 100 (report ")
        assert status["target_url"] == comment["html_url"]


def test_the_same_again_is_one_question_each(server: Server, posted: Callable[..., Posted]):
    posted()
    server.asked.clear()
    assert posted() == Posted(unchanged=3)
    assert len(server.asked) == 3
    assert not server.writes


def test_a_new_result_is_edited_in_place(server: Server, posted: Callable[..., Posted]):
    posted()
    assert posted("40 of 100") == Posted(posted=3)
    assert bodies(server) == [[payload("s001", "40 of 100").comment]] * 3
    assert [len(r.statuses) for r in server.repositories.values()] == [2, 2, 2]


def test_a_new_commit_gets_a_status_and_no_second_comment(server: Server, api: Github):
    post(api, [payload("s001")])
    repository = server.repositories["class/lab-0"]
    repository.commits.add("c" * 40)
    later = payload("s001").model_copy(update={"commit": "c" * 40})
    assert post(api, [later]) == Posted(posted=1)
    assert [s["sha"] for s in repository.statuses] == ["c" * 40, SHA]
    assert len(repository.comments) == 1
    assert not any(line.startswith("PATCH") for line in server.asked)


@pytest.mark.parametrize("status", [0, 500])
@pytest.mark.parametrize("what", ["comments", "statuses"])
@pytest.mark.parametrize("after", [False, True])
def test_nothing_is_posted_twice_when_an_answer_is_lost(
    server: Server, posted: Callable[..., Posted], status: int, what: str, after: bool
):
    server.faults.append(Fault(f"POST .*{what}", status, after=after, times=2))
    assert posted() == Posted(posted=3)
    assert [len(b) for b in bodies(server)] == [1, 1, 1]
    assert all(len(r.statuses) == 1 for r in server.repositories.values())


def test_a_run_that_broke_off_is_completed(server: Server, posted: Callable[..., Posted]):
    server.faults.append(Fault("POST .*lab-1/statuses", 502, times=100))
    done = posted()
    assert done.posted == 2
    assert done.failed == {"s002": "GitHub answered 502"}
    server.faults.clear()
    server.asked.clear()
    assert posted() == Posted(posted=1, unchanged=2)
    assert [line.partition(" ")[0] for line in server.writes] == ["POST"]  # of the status alone
    assert [len(b) for b in bodies(server)] == [1, 1, 1]


def test_each_failure_has_a_name_and_the_rest_goes_through(server: Server, api: Github):
    server.repositories["class/lab-1"].commits.clear()  # pushed over
    done = post(api, [payload("s001"), payload("s002"), payload("gone"), payload("Łukasz")])
    assert done.posted == 2
    assert list(done.failed) == ["s002", "gone"]
    assert "No commit found" in done.failed["s002"]
    assert "404" in done.failed["gone"]


def test_without_a_pull_request_one_is_opened(server: Server, posted: Callable[..., Posted]):
    repository = server.repositories["class/lab-1"]
    repository.pulls = [(3, "main")]
    server.faults.append(Fault("POST .*/pulls", 0, after=True))
    assert posted() == Posted(posted=3)
    assert [base for _, base in repository.pulls] == ["main", "feedback"]
    number, _ = repository.pulls[-1]
    assert any(f"/issues/{number}/comments" in line for line in server.writes)
    assert posted() == Posted(unchanged=3)


def test_a_branch_that_is_left_from_before_will_do(server: Server, api: Github):
    repository = server.repositories["class/lab-0"]
    repository.pulls, repository.branches = [], {"main", "feedback"}
    assert post(api, [payload("s001")]) == Posted(posted=1)


def test_where_no_pull_request_can_be_there_is_a_status(
    server: Server, posted: Callable[..., Posted]
):
    for repository in server.repositories.values():
        repository.pulls.clear()
    server.repositories["class/lab-0"].first = SHA
    server.repositories["class/lab-0"].commits.clear()
    server.repositories["class/lab-0"].commits.add(SHA)
    server.faults += [
        Fault("POST .*lab-1/git/refs", 403, message="Resource not accessible", times=9),
        Fault("POST .*lab-2/pulls", 403, message="Resource not accessible", times=9),
    ]
    done = posted()
    assert done.posted == 3
    assert "nothing was committed" in done.uncommented["s001"]
    assert "no branch feedback could be made: GitHub answered 403" in done.uncommented["s002"]
    assert "no pull request into feedback could be opened" in done.uncommented["Łukasz"]
    again = posted()
    assert (again.posted, again.unchanged) == (0, 3)
    assert again.uncommented == done.uncommented
    assert [len(r.statuses) for r in server.repositories.values()] == [1, 1, 1]
    server.faults.clear()
    assert posted().posted == 2
    assert [len(b) for b in bodies(server)] == [0, 1, 1]


def test_the_oldest_pull_request_is_the_one(server: Server, api: Github):
    server.repositories["class/lab-0"].pulls = [(7, "feedback"), (2, "feedback")]
    post(api, [payload("s001")])
    assert any("/issues/2/comments" in line for line in server.writes)


def test_a_comment_of_a_students_with_our_mark_is_left_alone(server: Server, api: Github):
    forged = server.comment("class/lab-0", f"{MARK}\n100 of 100", "student")
    post(api, [payload("s001")])
    assert bodies(server)[0] == [forged["body"], payload("s001").comment]
    server.login = None  # an app, which may not ask who it is
    server.comment("class/lab-1", f"{MARK}\nforged", "github-actions[bot]", "Bot")
    with Github(TOKEN, server.address, print, sleep=lambda _: None) as app:
        post(app, [payload("s002")])
        assert len(bodies(server)[1]) == 2
        post(app, [payload("s002", "40 of 100")])
    assert bodies(server)[1] == [f"{MARK}\nforged", payload("s002", "40 of 100").comment]


def test_another_assignments_comment_is_left_alone(server: Server, api: Github):
    server.comment("class/lab-0", "<!-- autograder: lab-2 -->\nother", "instructor")
    post(api, [payload("s001")])
    assert len(bodies(server)[0]) == 2


def test_ends_of_lines_are_no_change(server: Server, api: Github):
    comment = payload("s001").comment
    server.comment("class/lab-0", comment.strip().replace("\n", "\r\n"), "instructor")
    post(api, [payload("s001")])
    assert not any(line.startswith("PATCH") for line in server.asked)
    assert len(bodies(server)[0]) == 1


def test_a_forged_status_is_replaced(server: Server, posted: Callable[..., Posted]):
    posted()
    forged = {"state": "success", "context": "Onewalk (hidden tests)", "description": "100 of 100"}
    server.status("class/lab-0", SHA, forged)
    assert posted() == Posted(posted=1, unchanged=2)
    assert server.repositories["class/lab-0"].statuses[0]["state"] == "failure"


def test_no_answer_at_all_ends_it_early(server: Server, api: Github):
    many = [payload(f"x{n}") for n in range(50)]
    server.faults.append(Fault("GET", 500, times=10_000))
    done = post(api, many)
    assert len(done.failed) == 50
    assert len(server.asked) == 3 * 5
    assert done.failed["x49"] == "not tried, because GitHub did not answer"


def test_a_token_that_ends_in_the_middle(server: Server, posted: Callable[..., Posted]):
    server.faults.append(Fault("lab-1/", 401, times=100, message="Bad credentials"))
    done = posted()
    assert done.posted == 1
    assert list(done.failed) == ["s002", "Łukasz"]
    assert "GH_TOKEN" in done.failed["Łukasz"]


def test_stopped(server: Server, posted: Callable[..., Posted], monkeypatch: pytest.MonkeyPatch):
    deliver = github_post._deliver

    def interrupted(api: Github, me: object, payload: Payload) -> object:
        if payload.student == "s002":
            raise KeyboardInterrupt
        return deliver(api, me, payload)  # type: ignore[arg-type]

    monkeypatch.setattr(github_post, "_deliver", interrupted)
    done = posted()
    assert done.posted == 1
    assert list(done.failed) == ["s002", "Łukasz"]


# ------------------------------------------------------------------ the program


@pytest.fixture
def called(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    folder = tmp_path / "payloads"
    folder.mkdir()
    for student in STUDENTS:
        (folder / f"{student}.json").write_text(payload(student).model_dump_json())
    monkeypatch.setattr(github_post, "Github", partial(Github, sleep=lambda _: None))
    monkeypatch.setenv("GITHUB_API_URL", server.address)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    return lambda: main([str(folder)])


def test_all_is_told_at_the_end(
    server: Server,
    called: Callable[[], int],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
):
    del server.repositories["class/lab-2"]
    server.repositories["class/lab-1"].pulls.clear()
    server.faults.append(Fault("POST .*lab-1/git/refs", 403))
    (tmp_path / "payloads" / "notes.json").write_text('{"format": "::error::mine"}')
    assert called() == 1
    said = capsys.readouterr().err
    assert "no comment: no branch feedback could be made: GitHub answered 403" in said
    assert "not posted: GitHub answered 404: Not Found: Łukasz" in said
    assert "not posted: no payload" in said
    assert "::error" not in said
    assert said.endswith("Posted: 2 posted, 0 unchanged, 2 failed\n")
    summary = (tmp_path / "summary.md").read_text()
    assert "### not posted: 2" in summary
    assert "`Łukasz`" in summary


def test_the_program_ends_with_0_when_all_is_there(called: Callable[[], int]):
    assert called() == 0
    assert called() == 0


def test_a_wrong_call(called: Callable[[], int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("GH_TOKEN", "")
    assert called() == 2
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    (tmp_path / "empty").mkdir()
    assert main([str(tmp_path / "empty")]) == 2
