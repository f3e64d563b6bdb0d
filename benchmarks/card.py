"""Everything about a card in one call: `python3 benchmarks/card.py --out FOLDER`.

Takes under eight minutes on a quiet card, from the root of the repository, with a Python that has
the package's dependencies and its extra for GPU tasks. Each stage is a process of its own with its
own time; one that fails or is late is told, what it had by then counts, and the rest goes on:

- ``confinement``: whether the confined process of the card starts; if not, what it takes to leave
  out of the confinement for it to start (what follows does without that, and says so);
- ``grade``: both references, as ``autograder grade`` does it, with the tests of bfloat16 and speed;
- ``twice``: two measurements of the same kernel;
- one for each task: the reference beside its baselines in every shape.

FOLDER gets one JSON file with the card's name and the date, and the same as a page. Without a card
it says so and exits with 2.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from autograder.triton_tasks.cards import Card, cards  # noqa: E402

TASKS = ("online_softmax", "flash_attention")
STAGES = {
    "confinement": 75,
    "grade": 75,
    "twice": 45,
    "online_softmax": 200,
    "flash_attention": 120,
}
IN_ALL = 470  # seconds; what ends early leaves its time to the last
LAYERS = ("landlock", "seccomp", "namespaces", "user")
TWICE = {
    "online_softmax": ("float32", 8_192),
    "flash_attention": ("bfloat16, D = 128, full", 16_384),
}


# -------------------------------------------------------------- stages: they yield what they find


def confinement(card: Card, _: list[str]) -> Iterator[dict[str, Any]]:
    """Whether the confined process of the card starts, with all layers, and without each."""
    from autograder.bench import reference_work
    from autograder.expect import Verdict
    from autograder.sandbox.servers import Servers
    from autograder.triton_tasks.workers import OnCard

    exercise = _exercise(TASKS[0])
    for left_out in ((), *((layer,) for layer in LAYERS), LAYERS):
        began, told = time.monotonic(), {"without": list(left_out), "works": False}
        try:
            with Servers(left_out) as servers:
                worker = OnCard(reference_work(exercise, servers), servers)
                told["facts"] = worker.open(card.uuid).to_json()
                told["works"] = True
                told["in_force"] = servers["card"].facts
                worker.close()
        except Verdict as verdict:
            told["says"] = verdict.feedback
        except Exception:
            told["says"] = traceback.format_exc()[-2000:]
        yield {"confinement": {**told, "seconds": time.monotonic() - began}}
        if told["works"]:
            return


def grade(_: Card, __: list[str]) -> Iterator[dict[str, Any]]:
    """Both references from start to end, as a student's submission."""
    with tempfile.TemporaryDirectory() as folder:
        work, result = Path(folder, "gpu_tasks"), Path(folder, "result.json")
        work.mkdir()
        for task in TASKS:
            (work / f"{task}.py").write_text((ROOT / f"reference/gpu/{task}.py").read_text())
        only = [part for task in TASKS for part in ("--only", task)]
        command = [sys.executable, "-m", "autograder", "grade", folder, *only, "--json", result]
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        told = {"seconds": time.monotonic() - began, "exit_code": done.returncode}
        yield {"grade": {**told, "says": done.stderr[-2000:]}}
        document = json.loads(result.read_text())
        yield {"grade": {**told, "says": done.stderr[-2000:], "document": document}}


def twice(card: Card, without: list[str]) -> Iterator[dict[str, Any]]:
    """The same kernel in the same case, each time with everything anew."""
    from autograder.bench import REFERENCE, measure_case, session
    from autograder.sandbox.servers import Servers

    with Servers(without) as servers:
        for task, place in TWICE.items():
            took: list[Any] = []
            for _ in range(2):
                with session(_exercise(task), servers, [card]) as (opened, clock):
                    case = next(
                        (c for c in _cases(task, opened.facts) if (c.panel, c.length) == place),
                        None,
                    )
                    if case is None:
                        break  # not on this card
                    alone = SimpleNamespace(time=opened.time, baselines=_NoBaselines())
                    figures = measure_case(task, case, alone, clock)
                    took += [f for f in figures if f["implementation"] == REFERENCE]
            yield {"twice": {"task": task, "case": list(place), "figures": took}}


def task_stage(task: str, card: Card, without: list[str]) -> Iterator[dict[str, Any]]:
    """The reference of a task beside its baselines in every shape."""
    from autograder.bench import measure_case, session
    from autograder.expect import Verdict
    from autograder.process import Clock
    from autograder.sandbox.servers import Servers
    from autograder.triton_tasks.baseline import Baselines

    exercise = _exercise(task)

    @contextmanager
    def without_the_reference(verdict: Verdict) -> Iterator[tuple[Any, Clock]]:
        def time_it(*_: object) -> None:
            raise verdict

        with Baselines(exercise.baselines, card.uuid) as baselines:
            told = {"facts": baselines.facts, "matmul_tflops": baselines.matmul_tflops()}
            yield SimpleNamespace(time=time_it, baselines=baselines, **told), Clock(1.0)

    with ExitStack() as stack:
        servers = stack.enter_context(Servers(without))
        try:
            opened, clock = stack.enter_context(session(exercise, servers, [card]))
        except Verdict as verdict:
            opened, clock = stack.enter_context(without_the_reference(verdict))
        yield {"facts": opened.facts.to_json(), "versions": opened.baselines.versions}
        yield {"matmul_tflops": opened.matmul_tflops}
        for case in _cases(task, opened.facts):
            yield {"figures": measure_case(task, case, opened, clock)}


class _NoBaselines:
    def measure(self, *_: object) -> dict[str, Any]:
        return {}


def _exercise(task: str) -> Any:
    from autograder.kit import Kit

    return Kit.load(ROOT).exercises[task]


def _cases(task: str, facts: Any) -> list[Any]:
    from autograder.triton_tasks.cases import load

    found: list[Any] = load(_exercise(task).baselines).cases(facts)
    return found


# -------------------------------------------------------------- all of them


def run_stage(name: str, seconds: float, options: list[str]) -> tuple[list[Any], dict[str, Any]]:
    """What a stage found, and how it ended."""
    command = [sys.executable, __file__, "--stage", name, *options]
    began = time.monotonic()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=said, stderr=complained, start_new_session=True
        )
        try:
            code = process.wait(seconds)
            state = "done" if code == 0 else f"failed with exit code {code}"
        except subprocess.TimeoutExpired:
            state = f"late: ended after {seconds:.0f} s"
        with suppress(ProcessLookupError):  # and whatever it started
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        said.seek(0)
        complained.seek(0)
        whole = [line for line in said.read().split(b"\n")[:-1] if line.startswith(b"{")]
        errors = complained.read().decode(errors="replace")
    ended = {"state": state, "seconds": round(time.monotonic() - began, 1)}
    if state != "done":
        ended["says"] = errors[-3000:]
    return [json.loads(line) for line in whole], ended


def facts_of(card: Card) -> dict[str, Any]:
    """The card and its state, as the driver has it, and the versions of what runs here."""
    from importlib.metadata import PackageNotFoundError, version

    fields = (
        "clocks.max.sm,clocks.max.mem,power.limit,temperature.gpu,memory.total,mig.mode.current"
    )
    query = ["nvidia-smi", f"--query-gpu={fields}", "--format=csv,noheader", "-i", card.uuid]
    done = subprocess.run(query, capture_output=True, text=True, check=False, timeout=60)
    found: dict[str, str | None] = {"python": sys.version.partition(" ")[0]}
    for package in ("numpy", "torch", "triton", "cuda-bindings", "landlock", "pyseccomp"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    state = dict(zip(fields.split(","), map(str.strip, done.stdout.split(",")), strict=False))
    return {"card": {**asdict(card), "state": state}, "versions": found}


def everything(out: Path, card: Card) -> dict[str, Any]:
    """All stages; what is found so far is written after each of them."""
    began = time.monotonic()
    document: dict[str, Any] = {
        "format_version": 1,
        "measured_at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        **facts_of(card),
        "matmul_tflops": None,
        "figures": [],
        "builds": [],
        "stages": {},
        "confinement": [],
        "twice": [],
        "grade": None,
    }
    name = "".join(c if c.isalnum() else "-" for c in card.name).strip("-")
    file = out / f"{name}-{time.strftime('%Y-%m-%d')}.json"
    without: list[str] = []
    for stage, seconds in STAGES.items():
        left = IN_ALL - (time.monotonic() - began)
        if stage == list(STAGES)[-1]:
            seconds = max(seconds, left)
        options = ["--card", card.uuid, "--without", ",".join(without)]
        found, ended = run_stage(stage, max(1.0, min(seconds, left)), options)
        print(f"{stage}: {ended['state']}, {ended['seconds']} s", flush=True)
        document["stages"][stage] = ended
        for part in found:
            document["figures"] += part.get("figures", [])
            document["confinement"] += [part["confinement"]] if "confinement" in part else []
            document["twice"] += [part["twice"]] if "twice" in part else []
            document["grade"] = part.get("grade", document["grade"])
            document["card"] |= part.get("facts", {})
            document["versions"] |= part.get("versions", {})
            document["matmul_tflops"] = part.get("matmul_tflops", document["matmul_tflops"])
        if stage == "confinement":
            working = [c["without"] for c in document["confinement"] if c["works"]]
            without = working[0] if working else []
        file.write_text(json.dumps(document, indent=1) + "\n")
    return document


def show(document: dict[str, Any], out: Path) -> None:
    """The short tables at the end, and the page."""
    from rich.console import Console

    from autograder.report.bench import print_bench, to_html

    (out / "card.html").write_text(to_html(document))
    print_bench(document, Console(width=120, highlight=False))
    print()
    for tried in document["confinement"]:
        without = f"without {', '.join(tried['without'])}" if tried["without"] else "confined"
        says = "starts" if tried["works"] else tried.get("says", "").strip().rpartition("\n")[2]
        print(f"the process of the card, {without}: {says}")
    for pair in document["twice"]:
        took = [f["milliseconds"] for f in pair["figures"]]
        if len(took) == 2 and all(took):
            print(f"{pair['task']} twice: {took[0]:.4f} and {took[1]:.4f} ms, "
                  f"{abs(took[0] - took[1]) / min(took):.2%} apart")  # fmt: skip
        else:
            print(f"{pair['task']} twice: {[f['why'] for f in pair['figures']] or 'no such case'}")
    if graded := document["grade"]:
        print(f"both tasks graded in {graded['seconds']:.1f} s")
        for exercise in graded.get("document", {}).get("exercises", []):
            print(f"  {exercise['name']}: {exercise['score']} of {exercise['max_score']}, "
                  f"{exercise['deferred_score']} deferred")  # fmt: skip
            for test in exercise["tests"]:
                if test["status"] != "passed":
                    print(f"    {test['title']}: {test['status']} {test.get('feedback', '')}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, help="folder for the figures")
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--card", help=argparse.SUPPRESS)
    parser.add_argument("--without", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    found = cards()
    if not found:
        print("There is no card here, so nothing can be measured.", file=sys.stderr)
        return 2
    if options.stage:
        card = next(c for c in found if c.uuid == options.card)
        without = list(filter(None, options.without.split(",")))
        named = {"confinement": confinement, "grade": grade, "twice": twice}
        stage = options.stage
        steps = named[stage](card, without) if stage in named else task_stage(stage, card, without)
        for step in steps:
            print(json.dumps(step), flush=True)
        return 0
    if options.out is None:
        parser.error("--out FOLDER is needed")
    options.out.mkdir(parents=True, exist_ok=True)
    show(everything(options.out, found[0]), options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
