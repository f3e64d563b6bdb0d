"""A picture of what a student reads at Gradescope: the Markdown of ``results.json``, rendered.

::

    autograder grade examples/typical --only online --seed 7 --json typical.json
    python docs/pictures/gradescope.py typical.json docs/pictures/gradescope.png

The page around it is made up: Gradescope's own is not public. Its outputs are CommonMark here.
"""

from __future__ import annotations

import html
import json
import sys
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

from autograder.exchange.gradescope import results_json
from autograder.result import Result

STYLE = """
body { font: 15px/1.45 "DejaVu Sans", sans-serif; margin: 24px; width: 820px; color: #222; }
h1 { font-size: 18px; }
section, .output { border: 1px solid #d5d5d5; margin: 8px 0; padding: 8px 12px; }
.passed { border-left: 6px solid #2e8b57; } .failed { border-left: 6px solid #c0392b; }
b.name { font-weight: 600; } p { margin: 6px 0; }
pre { background: #f4f4f4; padding: 8px; overflow-x: auto; margin: 6px 0; }
code { font: 13px "DejaVu Sans Mono", monospace; }
"""
SHOWN = 9  # tests; those that passed would fill pages


def page(document: dict[str, object]) -> str:
    """The outputs of a ``results.json`` as HTML."""
    markdown = MarkdownIt("commonmark")
    tests = document["tests"]
    assert isinstance(tests, list)
    failed = [t for t in tests if t.get("status") == "failed"]
    shown = [*tests[: SHOWN - len(failed)], *failed]
    sections = [
        f'<section class="{t.get("status", "")}"><b class="name">{html.escape(t["number"])}) '
        f"{html.escape(t['name'])} ({t.get('score', 0):g}/{t.get('max_score', 0):g})</b>"
        f"{markdown.render(t.get('output', ''))}</section>"
        for t in {t["number"]: t for t in shown}.values()
    ]
    return (
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><h1>Autograder Results</h1>"
        f'<div class="output">{markdown.render(str(document["output"]))}</div>{"".join(sections)}'
    )


def main() -> None:
    graded = Result.model_validate_json(Path(sys.argv[1]).read_bytes())
    text = page(json.loads(results_json(graded)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        shown = browser.new_page(viewport={"width": 870, "height": 400})
        shown.set_content(text)
        shown.screenshot(path=sys.argv[2], full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
