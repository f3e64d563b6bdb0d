"""Known mistakes written anew, by someone who had not seen how they are recognised.

``tests/variants/NAME/MISTAKE--HOW.py`` makes a known mistake in another way, and
``none--WHAT.py`` is wrong in a way of its own. Every eighth is tried here;
``benchmarks/diagnosis.py`` takes them all, those of GPU tasks too.
"""

from __future__ import annotations

import pytest

from autograder.grading import Grader
from autograder.kit import Kit
from autograder.mistakes import known_mistakes, own_submission
from tests.conftest import ROOT, SEED

VARIANTS = ROOT / "tests/variants"
# Nothing is said of these: see the end of decision 21.
UNNAMED = {
    "stable/clips-logits--minimum-of-maximum.py",
    "stable/float32-inside--moveaxis-einsum.py",
    "stable/subtracts-mean--average-of-finite.py",
}
NAMES = sorted(p.name for p in VARIANTS.iterdir() if not (ROOT / f"gpu_tasks/{p.name}.py").exists())


@pytest.mark.parametrize("name", NAMES)
def test_variants_are_named_rightly(kit: Kit, servers, name: str):
    exercise = kit.exercises[name]
    titles = {mistake.name: [mistake.title] for mistake in known_mistakes(exercise)}
    references = {e.name: e.reference for e in kit.exercises.values()}
    paths = sorted((VARIANTS / name).glob(f"*{exercise.stub.suffix}"))[::8]
    with Grader(kit, [name], servers=servers) as grader:
        for path in paths:
            result = grader.grade(own_submission(kit, "v", {**references, name: path}), SEED)
            named = [diagnosis.title for diagnosis in result.exercises[0].diagnosis]
            assert result.exercises[0].score < result.exercises[0].max_score, path
            expected = titles.get(path.stem.partition("--")[0], [])
            assert named == ([] if f"{name}/{path.name}" in UNNAMED else expected), path
