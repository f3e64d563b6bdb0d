import random

import numpy as np
import pytest

from autograder.report.items import Answer, analyse


def answers(pairs: list[tuple[float, float | None]]) -> list[Answer]:
    return [Answer(share, rest) for share, rest in pairs]


def drawn(goes: float, n: int = 300) -> list[Answer]:
    """A test of which success goes so much with the rest."""
    draw = random.Random(1)
    rests = [draw.random() for _ in range(n)]
    return answers([(float(goes * (r - 0.5) + draw.gauss(0, 0.2) > 0), r) for r in rests])


@pytest.mark.parametrize(("goes", "verdict"), [(1, "with"), (0, "apart"), (-1, "against")])
def test_success_goes_with_the_rest_or_not(goes: float, verdict: str) -> None:
    item = analyse(drawn(goes))
    assert item.verdict == verdict
    assert item.correlation is not None
    assert item.correlation * goes >= 0


def test_the_correlation_is_the_one_of_the_books() -> None:
    item = analyse(drawn(0.5))
    shares = [a.share for a in drawn(0.5)]
    rests = [a.rest for a in drawn(0.5)]
    # Point-biserial: difference of the means over the deviation, times sqrt(p q).
    passed = np.array([r for s, r in zip(shares, rests, strict=True) if s])
    failed = np.array([r for s, r in zip(shares, rests, strict=True) if not s])
    p = len(passed) / len(shares)
    by_hand = (passed.mean() - failed.mean()) / np.std(rests) * np.sqrt(p * (1 - p))  # type: ignore[arg-type]
    assert item.correlation == pytest.approx(by_hand)
    assert item.success == pytest.approx(p)
    assert item.full == len(passed)


def test_points_in_part_count_in_part() -> None:
    item = analyse(answers([(r / 20, r / 20) for r in range(21)]))
    assert item.success == pytest.approx(0.5)
    assert item.full == 1
    assert item.correlation == pytest.approx(1)
    assert item.verdict == "with"


def test_what_everybody_or_nobody_passes_tells_nobody_apart() -> None:
    rests = [0.1, 0.5, 0.9, 0.7]
    everybody = analyse(answers([(1.0, r) for r in rests]))
    nobody = analyse(answers([(0.0, r) for r in rests]))
    assert (everybody.verdict, everybody.correlation) == ("everybody", None)
    assert (nobody.verdict, nobody.correlation, nobody.success) == ("nobody", None, 0)


def test_a_few_failures_are_no_verdict() -> None:
    # Four that fail it are the best of all: chance, or not, nobody can say.
    item = analyse(answers([(float(n < 296), n / 300) for n in range(300)]))
    assert item.verdict == "few"


def test_a_small_class_is_no_verdict() -> None:
    # Ten of twelve would have to be wrong for certainty; a correlation of -0.2 is not.
    item = analyse(drawn(0.25, n=14))
    assert item.verdict in ("open", "few")
    assert item.correlation is not None


def test_nobody_asked() -> None:
    item = analyse([])
    assert (item.asked, item.success, item.correlation, item.verdict) == (0, None, None, "unasked")


@pytest.mark.parametrize(
    "pairs",
    [
        [(1.0, 0.5)] * 6 + [(0.0, 0.5)] * 6,  # the rest is the same for all
        [(1.0, None)] * 6 + [(0.0, None)] * 6,  # there is no rest
        [(1.0, 0.2), (0.0, 0.1)],
        [(0.5, 0.5)] * 12,  # neither passed nor failed, and all alike
    ],
)
def test_where_nothing_varies_there_is_no_correlation(
    pairs: list[tuple[float, float | None]],
) -> None:
    item = analyse(answers(pairs))
    assert item.correlation is None
    assert item.verdict == "few"
