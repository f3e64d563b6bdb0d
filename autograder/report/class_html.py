"""The class's page as one self-contained HTML file.

Its style and its script are files beside the template. They are written into the page, and
the page's policy names both by their hash: nothing else has any effect in it, even if text of
a student's were to get out of its place.
"""

from __future__ import annotations

import base64
import hashlib

from markupsafe import Markup

from autograder.report.class_page import ClassReport
from autograder.report.engine import TEMPLATES, template

__all__ = ["class_to_html"]


def class_to_html(report: ClassReport) -> str:
    """Write the page of a class."""
    style, script = (_own(name) for name in ("class.css", "class.js"))
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return template("class.html").render(
        report=report,
        policy=policy,
        style=Markup(style),  # noqa: S704 - a file of ours, and no data is ever put into it
        script=Markup(script),  # noqa: S704 - likewise
    )


def _own(name: str) -> str:
    return "\n" + (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
