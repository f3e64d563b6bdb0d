"""Repositories on this disk, by names as GitHub has them; made with the real git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

__all__ = ["WHEN", "Hub"]

WHEN = "2026-11-20T22:59:00+01:00"


class Hub:
    """Repositories as GitHub has them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def repository(self, name: str, files: Mapping[str, str | bytes], branch: str = "main") -> str:
        """Make one, with one commit if there are files; the commit's name."""
        work = self.root / "work" / name
        work.mkdir(parents=True)
        self.git(work, "init", "--quiet", f"--initial-branch={branch}")
        bare = self.root / "hub" / f"{name}.git"
        if files:
            self.commit(name, files)
        self.git(self.root, "clone", "--quiet", "--bare", str(work), str(bare))
        return self.head(work) if files else ""

    def commit(self, name: str, files: Mapping[str, str | bytes], when: str = WHEN) -> None:
        work = self.root / "work" / name
        for path, content in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            (work / path).write_bytes(data)
        self.git(work, "add", "--all")
        self.git(work, "commit", "--quiet", "--allow-empty", "-m", "work", when=when)

    def push(self, name: str) -> None:
        work = self.root / "work" / name
        self.git(work, "push", "--quiet", str(self.root / "hub" / f"{name}.git"), "main")

    def head(self, work: Path) -> str:
        return self.git(work, "rev-parse", "HEAD").strip()

    def git(self, where: Path, *arguments: str, when: str = WHEN) -> str:
        who = {f"GIT_{r}_{k}": "s" for r in ("AUTHOR", "COMMITTER") for k in ("NAME", "EMAIL")}
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        done = subprocess.run(
            ["git", *arguments],
            cwd=where,
            env={**os.environ, **who, **dates, "GIT_CONFIG_GLOBAL": os.devnull},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "GITHUB_SERVER_URL": f"file://{self.root}/hub"}
