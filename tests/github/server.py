"""A GitHub to be tested against: the few operations that the client uses, by GitHub's description.

What is asked and what is answered is held against ``api.json``, a part of the OpenAPI description
that GitHub publishes. Answers are the examples of that description with other values in them. What
the description does not say, and GitHub's documentation does, is enforced beside it: the headers
that must be there, lengths, commits that do not exist. Faults can be planned.
"""

from __future__ import annotations

import copy
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft202012Validator

from tests.github.reduce import API

TOKEN = "github_pat_0"
LONGEST_COMMENT, LONGEST_DESCRIPTION = 65_536, 140


@dataclass
class Repository:
    """One of a student's."""

    commits: set[str]
    first: str = "f" * 40
    branches: set[str] = field(default_factory=lambda: {"main"})
    pulls: list[tuple[int, str]] = field(default_factory=lambda: [(1, "feedback")])
    comments: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    pushes: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Fault:
    """What goes wrong with requests: with the first ``times`` that match.

    ``status`` and ``headers`` are answered; a status of 0 breaks the connection in the middle of
    the answer. With ``after`` what was asked has been done by then.
    """

    request: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "Something is wrong"
    after: bool = False
    times: int = 1


class Rejected(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Server:
    """The state of it, and what it was asked."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    login: str | None = "instructor"
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 1000

    @property
    def writes(self) -> list[str]:
        return [line for line in self.asked if not line.startswith("GET")]

    @contextmanager
    def running(self) -> Iterator[Server]:
        class Handler(_Handler):
            github = self

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
            self.address = f"http://127.0.0.1:{http.server_port}"
            thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield self
            finally:
                http.shutdown()
                thread.join()

    def comment(self, repository: str, body: str, login: str, kind: str = "User") -> dict[str, Any]:
        """Write a comment as somebody."""
        self._number += 1
        made = example("issue-comment")
        made |= {"id": self._number, "body": body}
        made["html_url"] = f"https://github.com/{repository}/pull/1#issuecomment-{self._number}"
        made["user"] |= {"login": login, "type": kind}
        self.repositories[repository].comments.append(made)
        return made

    def status(self, repository: str, sha: str, given: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        keys = ("state", "context", "description", "target_url")
        made = example("status") | {"id": self._number} | {k: given.get(k) for k in keys}
        self.repositories[repository].statuses.insert(0, made | {"sha": sha})
        return made

    def fault(self, request: str, after: bool) -> Fault | None:
        with self._lock:
            for fault in self.faults:
                if fault.times and fault.after == after and re.search(fault.request, request):
                    fault.times -= 1
                    return fault
        return None

    def answer(self, operation: str, path: dict[str, str], query: dict[str, str], body: Any) -> Any:
        """What GitHub answers: status, body, and how many pages there are of it."""
        if operation == "users/get-authenticated":
            if self.login is None:
                raise Rejected(403, "Resource not accessible by integration")
            return 200, example("private-user-response-with-public-profile-information") | {
                "login": self.login
            }
        name = f"{path['owner']}/{path['repo']}"
        repository = self.repositories.get(name)
        if repository is None:
            raise Rejected(404, "Not Found")
        with self._lock:
            match operation:
                case "pulls/list":
                    found = [n for n, base in repository.pulls if base == query.get("base", base)]
                    _expect(query.get("direction") == "asc", "the oldest is wanted first")
                    # The published example lacks what the schema asks of a team.
                    pull = example("pull-request-simple-items")[0] | {"requested_teams": []}
                    return 200, [copy.deepcopy(pull) | {"number": n} for n in sorted(found)]
                case "pulls/create":
                    _expect(body["base"] in repository.branches, "base is invalid")
                    _expect(body["head"] in repository.branches, "head is invalid")
                    self._number += 1
                    repository.pulls.append((self._number, body["base"]))
                    return 201, example("pull-request") | {
                        "number": self._number,
                        "requested_teams": [],
                    }
                case "repos/list-activities":
                    _expect(query.get("direction") == "asc", "the oldest is wanted first")
                    push = example("activity-items")[0]
                    # The published example is older than the schema.
                    push |= {"activity_type": "push", "actor": push["pusher"]}
                    return 200, [push | {"after": s, "timestamp": t} for s, t in repository.pushes]
                case "repos/get":
                    about = example("full-repository-default-response")
                    del about["source"]  # which lacks what the schema asks of it
                    return 200, about | {"default_branch": "main", "language": "Python"}
                case "repos/list-commits":
                    commit = example("commit-items")[0]
                    newest = [*sorted(repository.commits), repository.first]
                    return 200, [commit | {"sha": sha} for sha in newest]
                case "git/create-ref":
                    branch = body["ref"].removeprefix("refs/heads/")
                    _expect(branch not in repository.branches, "Reference already exists")
                    _expect(body["sha"] == repository.first, "Object does not exist")
                    repository.branches.add(branch)
                    return 201, example("git-ref")
                case "issues/list-comments":
                    return 200, repository.comments
                case "issues/create-comment":
                    _expect(len(body["body"]) <= LONGEST_COMMENT, "body is too long")
                    return 201, self.comment(
                        name, body["body"], self.login or "app[bot]", self._kind
                    )
                case "issues/update-comment":
                    for comment in repository.comments:
                        if str(comment["id"]) == path["comment_id"]:
                            _expect(len(body["body"]) <= LONGEST_COMMENT, "body is too long")
                            comment["body"] = body["body"]
                            return 200, comment
                    raise Rejected(404, "Not Found")
                case "repos/list-commit-statuses-for-ref":
                    _expect(path["ref"] in repository.commits, "No commit found for SHA")
                    wanted = [s for s in repository.statuses if s["sha"] == path["ref"]]
                    return 200, [{k: v for k, v in s.items() if k != "sha"} for s in wanted]
                case "repos/create-commit-status":
                    _expect(path["sha"] in repository.commits, "No commit found for SHA")
                    length = len(body.get("description") or "")
                    _expect(length <= LONGEST_DESCRIPTION, "description is too long")
                    return 201, self.status(name, path["sha"], body)
        raise AssertionError(operation)

    @property
    def _kind(self) -> str:
        return "Bot" if self.login is None else "User"


def _expect(holds: bool, message: str) -> None:
    if not holds:
        raise Rejected(422, message)


class _Handler(BaseHTTPRequestHandler):
    github: Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is one packet, for which nobody waits

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        data = self.rfile.read(length)
        asked = f"{self.command} {self.path}"
        github = self.github
        github.asked.append(asked)
        if fault := github.fault(asked, after=False):
            self._fail(fault)
            return
        try:
            status, body, headers = self._answer(data)
        except Rejected as error:
            status, headers = error.status, {}
            body = {"message": str(error), "documentation_url": "https://docs.github.com/rest"}
        if fault := github.fault(asked, after=True):
            self._fail(fault)
            return
        self._send(status, body, headers)

    do_POST = do_PATCH = do_GET  # noqa: N815

    def _answer(self, data: bytes) -> tuple[int, Any, dict[str, str]]:
        split = urlsplit(self.path)
        query = dict(parse_qsl(split.query))
        operation, path = _operation(self.command, split.path)
        body = json.loads(data) if data else None
        self.github.violations += _violations(operation, path, query, body, self.headers)
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Rejected(401, "Bad credentials")
        status, answer = self.github.answer(operation["operationId"], path, query, body)
        headers = {}
        if isinstance(answer, list):
            size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
            pages = -(-len(answer) // size)
            if page < pages:
                url = f"{self.github.address}{split.path}?per_page={size}&page="
                headers["Link"] = f'<{url}{page + 1}>; rel="next", <{url}{pages}>; rel="last"'
            answer = answer[size * (page - 1) : size * page]
        self.github.violations += _wrong(self.command, split.path, status, json.dumps(answer))
        return status, answer, headers

    def _fail(self, fault: Fault) -> None:
        if fault.status == 0:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"id": 12')
            self.close_connection = True
            return
        self._send(fault.status, {"message": fault.message}, fault.headers)

    def _send(self, status: int, body: Any, headers: dict[str, str]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


# ------------------------------------------------------------------ GitHub's description


@cache
def description() -> dict[str, Any]:
    return _as_json_schema(json.loads(API.read_text(encoding="utf-8")))


def example(name: str) -> Any:
    return copy.deepcopy(description()["components"]["examples"][name]["value"])


def errors(schema: dict[str, Any], instance: Any) -> list[Any]:
    whole = {**schema, "components": description()["components"]}
    return list(Draft202012Validator(whole).iter_errors(instance))


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 has a word of its own for what may be null."""
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _as_json_schema(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [schema, {"type": "null"}]} if node.get("nullable") is True else schema


@cache
def _wrong(method: str, path: str, status: int, answer: str) -> list[str]:
    """What the description says against an answer; the same ones are given over and over."""
    operation, _ = _operation(method, path)
    schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    found = errors(schema, json.loads(answer))
    return [f"answer to {method} {path}: {e.json_path}: {e.message[:200]}" for e in found]


def _operation(method: str, path: str) -> tuple[dict[str, Any], dict[str, str]]:
    for template, methods in description()["paths"].items():
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
        match = re.fullmatch(pattern, path)
        if match and method.lower() in methods:
            return methods[method.lower()], match.groupdict()
    raise Rejected(404, f"{method} {path} is no operation that the client is known to use")


def _violations(
    operation: dict[str, Any],
    path: dict[str, str],
    query: dict[str, str],
    body: Any,
    headers: Any,
) -> Iterator[str]:
    name = operation["operationId"]
    known = [_resolved(p) for p in operation.get("parameters", [])]
    for place, given in (("path", path), ("query", query)):
        schemas = {p["name"]: p["schema"] for p in known if p["in"] == place}
        for key, text in given.items():
            if key not in schemas:
                yield f"{name}: there is no {place} parameter {key}"
                continue
            value: Any = int(text) if schemas[key].get("type") == "integer" else text
            for error in errors(schemas[key], value):
                yield f"{name}: {key}: {error.message}"
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        for error in errors({**schema, "additionalProperties": False}, body):
            yield f"{name}: {error.json_path}: {error.message[:200]}"
    elif body is not None:
        yield f"{name}: it takes no body"
    for header, wanted in {
        "accept": "application/vnd.github+json, application/json",
        "x-github-api-version": "2022-11-28",
    }.items():
        if headers.get(header) != wanted:
            yield f"{name}: the header {header} is {headers.get(header)}"
    if not headers.get("user-agent"):
        yield f"{name}: GitHub refuses who does not say what it is"


def _resolved(parameter: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in parameter:
        return parameter
    found: dict[str, Any] = description()["components"]["parameters"][
        parameter["$ref"].rpartition("/")[2]
    ]
    return found
