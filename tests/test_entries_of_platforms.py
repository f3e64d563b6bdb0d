"""What Gradescope and Classroom 50 leave when an instructor downloads a class."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.entries import find_entries

# As Ruby writes it: results so far come along, and may say anything.
METADATA = """---
submission_101:
  :submitters:
  - :name: 'Zoë: Müller'
    :sid: '100'
    :email: zoe@example.org
  :created_at: 2026-11-20 21:22:32.365935000 Z
  :score: 10.0
  :status: processed
  :results:
    output: |
      submission_999:
        :submitters:
        - :email: eve@example.org
    tests:
    - :email: eve@example.org
  :history:
  - :id: 100
    :created_at: 2026-11-01 00:00:00.000000000 Z
    :email: eve@example.org
submission_102:
  :submitters:
  - :name: Ben
    :sid: ''
    :email: ben@example.org
  - :email: 'ida@example.org'
    :name: Ida
  :created_at: 2026-11-21 08:00:00 Z
  :score:
submission_103:
  :submitters:
  - :name: Nobody
  :created_at: yesterday
submission_104:
  :submitters:
  - :email: zoe@example.org
  :created_at: 2026-11-21 08:00:00 Z
submission_105:
  :submitters:
  - :email: gone@example.org
"""


@pytest.fixture
def gradescope(tmp_path: Path) -> Path:
    (tmp_path / "submission_metadata.yml").write_text(METADATA)
    for number in (101, 102, 103, 106):
        (tmp_path / f"submission_{number}").mkdir()
    return tmp_path


def test_gradescopes_students_are_known_by_their_addresses(gradescope: Path):
    entries = find_entries(gradescope, "any")
    assert {s: (e.what, e.submitted_at) for s, e in entries.good.items()} == {
        "zoe@example.org": (gradescope / "submission_101", "2026-11-20T21:22:32Z"),
        "ben@example.org": (gradescope / "submission_102", "2026-11-21T08:00:00Z"),
        "ida@example.org": (gradescope / "submission_102", "2026-11-21T08:00:00Z"),
    }
    assert entries.bad == {
        "submission_103": "submission_metadata.yml does not say whose it is",
        "submission_106": "submission_metadata.yml says nothing of it",
    }
    assert entries.notes == [
        "submission_103: submission_metadata.yml has no time of submission",
        "in submission_metadata.yml, and not here: submission_104, submission_105",
    ]


def test_who_is_at_gradescope_twice_is_told(gradescope: Path):
    (gradescope / "submission_104").mkdir()
    entries = find_entries(gradescope, "any")
    assert "there 2 times" in entries.bad["zoe@example.org"]
    assert "zoe@example.org" not in entries.good


def test_classroom_50s_students_are_known_by_their_repositories(tmp_path: Path):
    (tmp_path / "scores.csv").write_text("username,score\n")
    (tmp_path / "notes.txt").write_text("")
    for student, said in {
        "cs-hello-zoe": {"datetime": "2026-11-20T09:00:00Z"},
        "cs-hello-ben": {"datetime": "yesterday"},
        "cs-hello-eve": [],
        "cs-hello-ida": None,
        "cs-hello-max": {"datetime": "0001-01-01T00:00:00+14:00"},  # in UTC, before the year 1
    }.items():
        (tmp_path / student).mkdir()
        if said is not None:
            (tmp_path / student / "result.json").write_text(json.dumps(said))
    entries = find_entries(tmp_path, "any")
    assert {s: e.submitted_at for s, e in entries.good.items()} == {
        "cs-hello-ben": None,
        "cs-hello-eve": None,
        "cs-hello-ida": None,
        "cs-hello-max": None,
        "cs-hello-zoe": "2026-11-20T09:00:00Z",
    }
    assert entries.bad == {"notes.txt": "no clone of a student's repository"}
    (note,) = entries.notes
    assert note.endswith(": cs-hello-ben, cs-hello-eve, cs-hello-ida, cs-hello-max")


def test_a_student_cannot_make_a_plain_folder_into_a_download(tmp_path: Path):
    (tmp_path / "s001").mkdir()
    (tmp_path / "s001" / "result.json").write_text('{"datetime": "2026-11-01T00:00:00Z"}')
    (tmp_path / "s001" / "submission_metadata.yml").write_text(METADATA)
    entries = find_entries(tmp_path, "any")
    assert entries.good["s001"].submitted_at is None
