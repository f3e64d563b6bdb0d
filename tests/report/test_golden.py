import pytest

from tests.report.regenerate import GOLDEN, documents


@pytest.mark.parametrize("name", documents())
def test_documents_are_as_they_were_last_approved(name: str) -> None:
    assert documents()[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_no_golden_document_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(documents())
