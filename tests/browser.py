"""Pages as a browser shows them.

One browser for all of these tests. A page is opened from disk, and watched from before it is
opened: whatever it asks for, says in the console or pops up is written down.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

SIZES = {"desk": (1280, 900), "phone": (390, 844), "small": (320, 640)}


@dataclass
class Opened:
    """A page, and what it did."""

    page: Page
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def column(self, heading: str) -> list[str]:
        """What stands in a column of the students that are shown, from top to bottom."""
        texts: list[str] = self.page.evaluate(
            """heading => {
              const heads = [...document.querySelectorAll("#table thead th")];
              const n = heads.findIndex(th => th.innerText.trim().startsWith(heading));
              return [...document.querySelectorAll("#table tbody tr")]
                .filter(row => row.checkVisibility()).map(row => row.cells[n].innerText.trim());
            }""",
            heading,
        )
        return texts

    def sorted_by(self) -> dict[str, str]:
        orders: dict[str, str] = self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll("#table thead th")]
              .map(th => [th.innerText.trim().split(/\\s/)[0], th.getAttribute("aria-sort")])
              .filter(([, order]) => order !== "none"))"""
        )
        return orders


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    # No skip: a machine without it would never look at the pages, and nobody would notice.
    assert found, "these tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=found, args=options)
        yield browser
        browser.close()


Open = Callable[..., Opened]


@pytest.fixture(scope="session")
def watched(browser: Browser) -> Opened:
    """One tab for all tests: a new one takes longer than most of them."""
    opened = Opened(browser.new_page())
    opened.page.set_default_timeout(5000)
    opened.page.on("request", lambda request: opened.requests.append(request.url))
    opened.page.on("console", lambda message: opened.said.append(message.text))
    opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.page.on("dialog", lambda dialog: (opened.said.append("dialog"), dialog.dismiss()))
    opened.page.on("popup", lambda _: opened.said.append("popup"))
    return opened


@pytest.fixture
def look(watched: Opened) -> Iterator[Open]:
    def look(path: Path, size: str = "desk", scheme: Any = "light") -> Opened:
        width, height = SIZES[size]
        watched.page.set_viewport_size({"width": width, "height": height})
        watched.page.emulate_media(color_scheme=scheme, media="screen")
        watched.requests.clear()
        watched.said.clear()
        watched.page.goto(path.as_uri())
        return watched

    yield look
    watched.page.goto("about:blank")


# Names, order of headings, references, and contrast as WCAG 2 reckons it, of all text shown.
CHECKS = """() => {
  const wrong = [];
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map(h => +h.tagName[1]);
  if (levels.filter(level => level === 1).length !== 1) wrong.push("not one h1");
  levels.forEach((level, n) => {
    if (n && level > levels[n - 1] + 1) wrong.push(`h${level} after h${levels[n - 1]}`);
  });
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  if (new Set(ids).size !== ids.length) wrong.push("an id twice");
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby]"))
    for (const name of ["aria-labelledby", "aria-describedby"])
      for (const id of (e.getAttribute(name) ?? "").split(/\\s+/))
        if (id && !document.getElementById(id)) wrong.push(`no ${id}`);
  for (const e of document.querySelectorAll("[role=img], [role=region]"))
    if (!e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby"))
      wrong.push(`${e.tagName} without a name`);
  for (const e of document.querySelectorAll("svg"))
    if (!e.closest("[role=img], [aria-hidden=true]")) wrong.push("a picture without words");
  for (const e of document.querySelectorAll("input"))
    if (!e.labels.length) wrong.push("a field without a label");
  for (const e of document.querySelectorAll("button, a"))
    if (!e.textContent.trim()) wrong.push(`${e.tagName} without a word`);
  for (const e of document.querySelectorAll("th"))
    if (!e.scope) wrong.push("th without a scope");

  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = channels(colour).map(c => {
      const s = c / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = e => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const pale = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const e = node.parentElement;
    if (!node.data.trim() || !e.checkVisibility() || e.closest("script, style")) continue;
    const style = getComputedStyle(e);
    const [a, b] = [e.closest("svg") ? style.fill : style.color, behind(e)].map(light);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) pale.add(`${contrast.toFixed(2)}: ${node.data.trim().slice(0, 30)}`);
  }
  return [...wrong, ...pale];
}"""
