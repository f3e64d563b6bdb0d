"""Draws the pictures of ``docs/github.md``: the job summary and the comment, as GitHub shows them.

    python docs/pictures/github.py

Both are made by the commands themselves, of ``examples/typical``. They are rendered by
markdown-it-py in a style of our own that looks like GitHub's, and drawn by the system's Chromium.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SUBMISSION = ROOT / "examples" / "typical"
WHEN, COMMIT = "2026-11-20T21:59:00Z", "0123456789abcdef0123456789abcdef01234567"

STYLE = """
body { margin: 0; padding: 24px; width: 840px; color: #1f2328; background: #fff;
       font: 14px/1.5 "DejaVu Sans", sans-serif; }
.box { border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden; }
.bar { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e; }
.text { padding: 16px; }
h2 { font-size: 1.4em; border-bottom: 1px solid #d1d9e0; padding-bottom: .3em; margin: 0 0 16px; }
h3 { font-size: 1.15em; margin: 24px 0 12px; }
table { border-collapse: collapse; margin: 0 0 16px; }
th { text-align: left; }
th, td { border: 1px solid #d1d9e0; padding: 5px 13px; }
tr:nth-child(2n) { background: #f6f8fa; }
code { background: #eff1f3; border-radius: 6px; padding: .15em .35em; }
code, pre { font: 12px/1.45 "DejaVu Sans Mono", monospace; }
pre { background: #f6f8fa; border-radius: 6px; padding: 14px; margin: 0 0 16px; }
pre code { background: none; padding: 0; }
"""


def command(*arguments: str, **environment: str) -> None:
    program = str(Path(sys.executable).with_name("autograder"))
    subprocess.run(
        [program, *arguments, "--kit", str(ROOT)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        check=False,  # that not all examples pass is what is shown
    )


def job_summary(folder: Path) -> str:
    written = {"GITHUB_STEP_SUMMARY": folder / "summary.md", "GITHUB_OUTPUT": folder / "output"}
    command("try", str(SUBMISSION), "--github", **{k: str(v) for k, v in written.items()})
    return (folder / "summary.md").read_text(encoding="utf-8")


def comment(folder: Path) -> str:
    table = folder / "submissions.csv"
    table.write_text(
        "student,path,submitted_at,repository,commit\n"
        f"s001,{SUBMISSION},{WHEN},class/lab-s001,{COMMIT}\n"
    )
    results, payloads = str(folder / "results"), str(folder / "payloads")
    command("batch", str(table), "--out", results, "--seed", "7")
    command("export", results, "--format", "github", "--out", payloads, "--roster", str(table))
    payload = json.loads((folder / "payloads" / "s001.json").read_text(encoding="utf-8"))
    return str(payload["comment"])


def draw(bar: str, text: str, path: Path, height: int) -> None:
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    page = f'<div class="box"><div class="bar">{bar}</div><div class="text">{body}</div></div>'
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        tab = browser.new_page(viewport={"width": 890, "height": height})
        tab.set_content(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{page}")
        tab.screenshot(path=path)
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw("Public examples summary", job_summary(folder), HERE / "github-summary.png", 1000)
        draw("<b>instructor</b> commented", comment(folder), HERE / "github-comment.png", 1250)


if __name__ == "__main__":
    main()
