"""Makes ``api.json``: of GitHub's OpenAPI description the operations that the client uses.

    npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
    python -m tests.github.reduce package/generated/api.github.com.json

What is left is as it was but for prose, extensions and examples of schemas. The description is
GitHub's (github/rest-api-description), under the MIT licence, which stands in ``api.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

API = Path(__file__).with_name("api.json")

OPERATIONS = {
    "/user": ["get"],
    "/repos/{owner}/{repo}": ["get"],
    "/repos/{owner}/{repo}/activity": ["get"],
    "/repos/{owner}/{repo}/commits": ["get"],
    "/repos/{owner}/{repo}/git/refs": ["post"],
    "/repos/{owner}/{repo}/pulls": ["get", "post"],
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["get", "post"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ["patch"],
    "/repos/{owner}/{repo}/commits/{ref}/statuses": ["get"],
    "/repos/{owner}/{repo}/statuses/{sha}": ["post"],
}
LICENCE = (
    "MIT License. Copyright (c) 2020 Octokit contributors; copyright (c) GitHub, Inc. "
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this "
    'software and associated documentation files (the "Software"), to deal in the Software '
    "without restriction, including without limitation the rights to use, copy, modify, merge, "
    "publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons "
    "to whom the Software is furnished to do so, subject to the following conditions: The above "
    "copyright notice and this permission notice (including the next paragraph) shall be "
    "included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "
    '"AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO '
    "THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN "
    "NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER "
    "LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN "
    "CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."
)


def reduced(whole: dict[str, Any]) -> dict[str, Any]:
    paths = {
        path: {method: _operation(whole["paths"][path][method]) for method in methods}
        for path, methods in OPERATIONS.items()
    }
    parts: dict[str, Any] = {}
    _collect(paths, whole, parts)
    info = {key: whole["info"][key] for key in ("title", "version", "license")}
    return {
        "openapi": whole["openapi"],
        "info": {**info, "x-licence-text": LICENCE},
        "paths": paths,
        "components": parts,
    }


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    kept = {"operationId", "parameters", "requestBody", "responses"}
    return _bare({k: v for k, v in operation.items() if k in kept}, keep_examples=True)


def _bare(node: Any, keep_examples: bool = False, in_properties: bool = False) -> Any:
    if isinstance(node, list):
        return [_bare(item, keep_examples) for item in node]
    if not isinstance(node, dict):
        return node
    found = {}
    for key, value in node.items():
        prose = key in ("description", "summary", "externalDocs") or key.startswith("x-")
        example = key == "example" or (key == "examples" and not keep_examples)
        if in_properties or not (prose or example):
            found[key] = _bare(value, keep_examples, key == "properties" and not in_properties)
    return found


def _collect(node: Any, whole: dict[str, Any], parts: dict[str, Any]) -> None:
    """Every component that is referred to, and what those refer to."""
    if isinstance(node, list):
        for item in node:
            _collect(item, whole, parts)
    if not isinstance(node, dict):
        return
    if isinstance(node.get("$ref"), str):
        _, _, kind, name = node["$ref"].split("/")
        group = parts.setdefault(kind, {})
        if name not in group:
            is_example = kind == "examples"
            part = whole["components"][kind][name]
            group[name] = part if is_example else _bare(part, keep_examples=kind == "responses")
            if not is_example:
                _collect(group[name], whole, parts)
    for value in node.values():
        _collect(value, whole, parts)


if __name__ == "__main__":
    description = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    API.write_text(json.dumps(reduced(description), indent=1) + "\n", encoding="utf-8")
