"""The pages of a class: how large they are, and how soon Chromium shows them.

    PYTHONPATH=. python benchmarks/pages.py [--students N] [--runs N]

The class is made up (``tests/report/classes.py``); its size is what counts here. "Opened" is
from the request to the end of the load event, our script included and every row laid out;
"first paint" is when something is seen. Both as Chromium itself reckons them, in a fresh tab
of a browser that is running.
"""

from __future__ import annotations

import argparse
import platform
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from autograder.report.pages import write_pages
from tests.report.classes import write_class

OPENED = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return [page.loadEventEnd, paint.startTime];
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    print(f"{platform.platform()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder)
        write_class(results, options.students)
        began = time.perf_counter()
        page = write_pages(results)
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        count = len(list(results.glob("*/feedback.html")))
        print(f"pages of {count} students written in {took:.1f} s, with {peak:.0f} MB at most")
        print(f"class.html {page.stat().st_size / 1e6:.2f} MB (to reach: under 5 MB)")
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=found, args=["--no-sandbox", "--disable-gpu"]
            )
            print(f"Chromium {browser.version}")
            measure(browser, page, options.runs)
            browser.close()


def measure(browser: Browser, page: Path, runs: int) -> None:
    opened, painted, sorted_, narrowed = [], [], [], []
    for _ in range(runs):
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.goto(page.as_uri())
        tab.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        load, paint = tab.evaluate(OPENED)
        opened.append(load)
        painted.append(paint)
        sorted_.append(tab.evaluate(acted("document.querySelectorAll('th button')[1].click()")))
        narrowed.append(
            tab.evaluate(acted("find.value = 'an'; find.dispatchEvent(new InputEvent('input'))"))
        )
        tab.close()
    row("opened (to reach: under 2,000 ms)", opened)
    row("first paint", painted)
    row("sorted by score, laid out", sorted_)
    row("searched, laid out", narrowed)


def acted(action: str) -> str:
    """Milliseconds of something, with the layout that it makes necessary."""
    return f"""() => {{
      const find = document.getElementById("search");
      const began = performance.now();
      {action};
      document.body.getBoundingClientRect();
      return performance.now() - began;
    }}"""


def row(what: str, times: list[float]) -> None:
    low, middle, high = min(times), statistics.median(times), max(times)
    print(f"{what:<40} {middle:7.0f} ms  ({low:.0f} to {high:.0f}, n={len(times)})")


if __name__ == "__main__":
    main()
