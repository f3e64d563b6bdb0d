"""Runs a workflow's steps as GitHub's runner does, as far as these workflows need it.

The shell of each ``run`` is what stands in the file, in the same bash with the same options.
Actions (``uses``) are noted and not run.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Job", "Ran"]


@dataclass
class Ran:
    """One step: how it ended, what it printed and wrote, or what an action was given."""

    outcome: str
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)


class Job:
    """The only job of a workflow.

    Parameters
    ----------
    workflow
        The file.
    where
        The checkout.
    environment
        Of every step.
    secrets
        By name.
    """

    def __init__(
        self,
        workflow: Path,
        where: Path,
        environment: Mapping[str, str],
        secrets: Mapping[str, str],
    ) -> None:
        document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        assert document["defaults"]["run"]["shell"] == "bash"
        (self._job,) = document["jobs"].values()
        self._where, self._environment, self._secrets = where, environment, secrets
        self.steps: dict[str, Ran] = {}
        self._ids: dict[str, Ran] = {}

    def run(
        self, files: Path, extra: Mapping[str, Mapping[str, str]], done: Collection[str]
    ) -> dict[str, Ran]:
        """All steps, in order.

        Parameters
        ----------
        files
            A folder for what the steps are given to write to.
        extra
            More variables, by the name of a step.
        done
            Names of steps that need not run again on this machine.
        """
        files.mkdir()
        failed = False
        for number, step in enumerate(self._job["steps"]):
            if not (self._condition(step["if"]) if "if" in step else not failed):
                ran = Ran("skipped")
            elif step["name"] in done:
                ran = Ran("success")
            elif "uses" in step:
                values = {**step.get("with", {}), **step.get("env", {})}
                ran = Ran("success", given={k: self._filled(str(v)) for k, v in values.items()})
            else:
                ran = self._shell(step, files / str(number), extra.get(step["name"], {}))
                failed = failed or ran.outcome == "failure"
            self.steps[step["name"]] = ran
            if "id" in step:
                self._ids[step["id"]] = ran
        return self.steps

    def _shell(self, step: dict[str, Any], files: Path, extra: Mapping[str, str]) -> Ran:
        files.mkdir()
        script, summary, output = files / "script.sh", files / "summary", files / "output"
        script.write_text(self._filled(step["run"]), encoding="utf-8")
        output.touch()
        summary.touch()
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self._where,
            env={
                **self._environment,
                **{k: self._filled(v) for k, v in step.get("env", {}).items()},
                **extra,
                "GITHUB_ACTIONS": "true",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        lines = output.read_text(encoding="utf-8").splitlines()
        return Ran(
            "failure" if done.returncode else "success",
            done.stdout,
            summary.read_text(encoding="utf-8"),
            dict(line.split("=", 1) for line in lines),
        )

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda match: self._value(match[1]), text)

    def _value(self, expression: str) -> str:
        match expression.split("."):
            case ["secrets", name]:
                return self._secrets[name]
            case ["github", ("run_id" | "run_attempt")]:
                return "1"
            case ["steps", name, "outputs", output]:
                return self._ids[name].outputs.get(output, "")
        raise AssertionError(f"the runner of these tests does not know {expression}")

    def _condition(self, text: str) -> bool:
        inner = text.removeprefix("${{ ").removesuffix(" }}")
        return all(map(self._holds, inner.split(" && ")))

    def _holds(self, term: str) -> bool:
        if term == "!cancelled()":
            return True
        if match := re.fullmatch(r"steps\.(\w+)\.outcome != 'skipped'", term):
            return self._ids[match[1]].outcome != "skipped"
        return bool(self._value(term))


def without_secrets() -> dict[str, str]:
    """This environment, without what a runner would set itself."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GH_"))}
