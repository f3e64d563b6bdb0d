"""The client against a server that enforces GitHub's own description, and fails as GitHub may."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from autograder.errors import UsageError
from autograder.exchange.github_api import BadToken, Github, Refused, Unreachable, Unsure
from tests.github.server import TOKEN, Fault, Repository, Server

SHA = "a" * 40
COMMENTS = "/repos/class/s001/issues/1/comments"


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def time(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server({"class/s001": Repository({SHA})})
    with server.running():
        yield server
    assert not server.violations


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def api(server: Server, clock: Clock, said: list[str]) -> Iterator[Github]:
    with Github(TOKEN, server.address, said.append, clock.sleep, clock.time) as api:
        yield api


def test_pages_are_read_to_the_last(api: Github, server: Server):
    for n in range(230):
        server.comment("class/s001", f"number {n}", "s001")
    bodies = [c["body"] for c in api.pages(COMMENTS)]
    assert bodies == [f"number {n}" for n in range(230)]
    assert len(server.asked) == 3


def test_the_last_is_found_without_reading_all(api: Github, server: Server):
    assert api.last(COMMENTS) is None
    for n in range(30):
        server.comment("class/s001", f"number {n}", "s001")
    assert api.last(COMMENTS)["body"] == "number 29"
    assert len(server.asked) == 3


def test_no_page_is_read_from_elsewhere(api: Github, server: Server):
    elsewhere = {"Link": '<https://elsewhere.example/next>; rel="next"'}
    server.faults.append(Fault("GET", 200, elsewhere))
    with pytest.raises(Unreachable, match="another address"):
        list(api.pages(COMMENTS))


@pytest.mark.parametrize("status", [0, 500, 502, 503])
def test_reading_is_tried_again(api: Github, server: Server, clock: Clock, status: int):
    server.faults.append(Fault("GET", status, times=3))
    assert api.get("/user")["login"] == "instructor"
    assert clock.slept == [1, 2, 4]


def test_what_never_works_ends(api: Github, server: Server, clock: Clock):
    server.faults.append(Fault("GET", 502, times=100))
    with pytest.raises(Unreachable, match="502"):
        api.get("/user")
    assert len(server.asked) == 5


def test_a_busy_server_says_when(api: Github, server: Server, clock: Clock):
    server.faults.append(Fault("GET", 503, {"Retry-After": "30"}))
    api.get("/user")
    assert clock.slept == [30]


@pytest.mark.parametrize("status", [0, 502])
@pytest.mark.parametrize("after", [False, True])
def test_what_may_have_been_made_is_not_made_again(
    api: Github, server: Server, status: int, after: bool
):
    server.faults.append(Fault("POST", status, after=after))
    with pytest.raises(Unsure):
        api.create(COMMENTS, {"body": "once"})
    assert len(server.repositories["class/s001"].comments) == int(after)


def test_what_is_replaced_is_replaced_again(api: Github, server: Server):
    number = server.comment("class/s001", "old", "instructor")["id"]
    server.faults.append(Fault("PATCH", 0, after=True))
    done = api.replace(f"/repos/class/s001/issues/comments/{number}", {"body": "new"})
    assert done["body"] == "new"
    assert len(server.writes) == 2


def test_the_primary_limit_is_waited_for(
    api: Github, server: Server, clock: Clock, said: list[str]
):
    reset = str(int(clock.now) + 1800)
    used_up = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    server.faults.append(Fault("POST", 403, used_up, "API rate limit exceeded"))
    api.create(COMMENTS, {"body": "later"})
    assert clock.slept[0] == 1801
    assert said == ["GitHub's rate limit is used up; going on in 30.0 minutes"]
    assert len(server.repositories["class/s001"].comments) == 1


def test_the_secondary_limit_is_waited_for(api: Github, server: Server, clock: Clock):
    told = Fault("POST", 403, {"Retry-After": "90"}, "You have exceeded a secondary rate limit")
    untold = Fault("POST", 429, {}, "You have exceeded a secondary rate limit", times=2)
    server.faults += [told, untold]
    api.create(COMMENTS, {"body": "later"})
    assert clock.slept[:3] == [90, 60 * 2, 60 * 4]


def test_a_limit_without_end_is_no_reason_to_wait_for_ever(api: Github, server: Server):
    server.faults.append(Fault("GET", 429, {"Retry-After": "86400"}))
    with pytest.raises(Unreachable, match="rate limit"):
        api.get("/user")
    server.faults.append(Fault("GET", 429, {"Retry-After": "10"}, times=100))
    with pytest.raises(Unreachable, match="rate limit"):
        api.get("/user")


def test_a_no_is_a_no(api: Github, server: Server, clock: Clock):
    with pytest.raises(Refused, match="404: Not Found"):
        list(api.pages("/repos/class/nobody/issues/1/comments"))
    server.faults.append(Fault("POST", 403, {}, "Resource not accessible by personal access token"))
    with pytest.raises(Refused, match="not accessible"):
        api.create(COMMENTS, {"body": "no"})
    assert clock.slept == []


def test_who_moved_is_told(api: Github, server: Server):
    server.faults.append(Fault("GET", 301, {"Location": "https://api.github.com/repositories/1"}))
    with pytest.raises(Refused, match="another name now"):
        list(api.pages(COMMENTS))


def test_a_token_that_is_not_taken(server: Server):
    with Github("expired", server.address, print) as api, pytest.raises(BadToken, match="GH_TOKEN"):
        api.get("/user")


def test_without_the_library(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(UsageError, match=r"onewalk\[github\]"):
        Github(TOKEN, "https://api.github.com", print)


def test_writes_keep_a_distance(api: Github, clock: Clock):
    for n in range(3):
        api.create(COMMENTS, {"body": str(n)})
    assert clock.slept == [1, 1]


def test_nothing_listens(clock: Clock):
    with (
        Github(TOKEN, "http://127.0.0.1:9", print, clock.sleep, clock.time) as api,
        pytest.raises(Unreachable, match="no connection"),
    ):
        api.create(COMMENTS, {"body": "nobody hears"})
    assert clock.slept == [1, 2, 4, 8]


def test_the_server_enforces_the_description(api: Github, server: Server):
    """Else nothing would be tested here."""
    api.create(f"/repos/class/s001/statuses/{SHA}", {"state": "great", "colour": "green"})
    assert len(server.violations) == 3  # the state, the colour, and the answer made of them
    server.violations.clear()
