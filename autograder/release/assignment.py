"""All of an assignment that grading needs, for bundles that must carry hidden tests."""

from __future__ import annotations

from autograder.kit import CONFIG, Kit
from autograder.release.files import Files, files_in

__all__ = ["assignment_files"]


def assignment_files(kit: Kit) -> Files:
    """grader.toml, the stubs, references with known mistakes, and the hidden tests."""
    files = {CONFIG: (kit.root / CONFIG).read_bytes()}
    for folder in ("exercises", "gpu_tasks", "reference", "hidden_tests"):
        files |= files_in(kit.root, folder)
    return files
