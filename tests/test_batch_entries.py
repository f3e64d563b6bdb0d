"""What lies in a folder of submissions: who handed in what, by each platform's names."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.entries import Entries, find_entries
from autograder.errors import UsageError
from autograder.intake import read_files

Made = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A folder with these files; a name that ends with a slash is a folder."""

    def make(*names: str, root: str = "class") -> Path:
        folder = tmp_path / root
        folder.mkdir(exist_ok=True)
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("/"):
                path.mkdir(exist_ok=True)
            else:
                path.write_text(f"# {name}\n")
        return folder

    return make


def found(folder: Path) -> dict[str, object]:
    """By student: a path within the folder, or the files by the names that students gave."""
    return shown(find_entries(folder, "onewalk"), folder)


def shown(entries: Entries, folder: Path) -> dict[str, object]:
    return {
        student: e.what.relative_to(folder).as_posix()
        if isinstance(e.what, Path)
        else {name: path.name for name, path in e.what.items()}
        for student, e in entries.good.items()
    }


# ------------------------------------------------------------------ plain


def test_each_entry_is_a_student(made: Made):
    folder = made("ada/", "bob.zip", "cy.tar.gz", "di.py", "ed.ipynb", "flo.docx", "g.h/", "i.j.py")
    assert found(folder) == {
        "ada": "ada",
        "bob": "bob.zip",
        "cy": "cy.tar.gz",
        "di": "di.py",
        "ed": "ed.ipynb",
        "flo": "flo.docx",
        "g.h": "g.h",
        "i.j": "i.j.py",
    }


def test_what_systems_leave_behind_is_nobody(made: Made):
    assert found(made("ada/", ".DS_Store", "__MACOSX/", "Thumbs.db", ".git/")) == {"ada": "ada"}


def test_who_is_there_twice_is_told_and_not_guessed(made: Made):
    folder = made("ada/", "ada.zip", "bob.py")
    entries = find_entries(folder, "onewalk")
    assert list(entries.good) == ["bob"]
    assert "ada, ada.zip" in entries.bad["ada"]


def test_links_pipes_and_names_that_are_no_text(made: Made, tmp_path: Path):
    """A link that a student put there could lead to the solutions."""
    folder = made("ada/")
    (folder / "bob").symlink_to(tmp_path)
    os.mkfifo(folder / "cy.py")
    (folder / os.fsdecode(b"d\xff.py")).touch()
    entries = find_entries(folder, "onewalk")
    assert list(entries.good) == ["ada"]
    assert {name: reason.split(",")[0] for name, reason in entries.bad.items()} == {
        "bob": "a link",
        "cy.py": "a device or a pipe",
        os.fsdecode(b"d\xff.py"): "its name is not UTF-8",
    }


@pytest.mark.parametrize(
    ("names", "said"),
    [((), "has no submission in it"), ((".hidden",), "has no submission in it")],
)
def test_nothing_there(made: Made, names, said):
    with pytest.raises(UsageError, match=said):
        find_entries(made(*names), "onewalk")


def test_no_folder_at_all(made: Made):
    folder = made("ada.py")
    for path, said in (("nowhere", "does not exist"), ("ada.py", "no folder and no CSV file")):
        with pytest.raises(UsageError, match=said):
            find_entries(folder / path, "onewalk")


# ------------------------------------------------------------------ Canvas


def test_canvas(made: Made):
    """As its lib/content_zipper.rb names files."""
    folder = made(
        "doejane_101_9001_stable.py",
        "doejane_101_9002_naive-2.py",
        "roejohn_LATE_102_9003_work.zip",
        "müllereva_103_9004_all_my_work_1_2.ipynb",
        "textonly_104_text.html",
        "linkonly_105_link.html",
        "both_106_text.html",
        "both_106_9005_naive.py",
        "readme.txt",
    )
    entries = find_entries(folder, "onewalk")
    assert shown(entries, folder) == {
        "101": {
            "naive.py": "doejane_101_9002_naive-2.py",
            "stable.py": "doejane_101_9001_stable.py",
        },
        "102": "roejohn_LATE_102_9003_work.zip",
        "103": {"all_my_work_1_2.ipynb": "müllereva_103_9004_all_my_work_1_2.ipynb"},
        "106": {"naive.py": "both_106_9005_naive.py"},
    }
    assert sorted(entries.bad) == ["linkonly_105_link.html", "readme.txt", "textonly_104_text.html"]
    assert entries.notes == ["Canvas marks 102 as late"]


def test_canvas_when_the_newest_counts(made: Made):
    folder = made(
        "doejane_101_9011_stable-1.py", "doejane_101_9001_stable.py", "roejohn_102_9003_x.py"
    )
    entries = find_entries(folder, "onewalk")
    assert entries.good["101"].what == {"stable.py": folder / "doejane_101_9011_stable-1.py"}
    assert entries.notes == ["101 handed in stable.py more than once; the newest counts"]


def test_canvas_without_names(made: Made):
    folder = made("anon_Ab3x9_9001_stable.py", "LATE_anon_Zz111_9002_stable.py")
    assert sorted(found(folder)) == ["anon_Ab3x9", "anon_Zz111"]


def test_names_that_only_look_like_those_of_canvas(made: Made):
    folder = made("lab_3_1_alice.py", "lab_3_1_bob.py")
    assert sorted(found(folder)) == ["lab_3_1_alice", "lab_3_1_bob"]


# ------------------------------------------------------------------ Moodle


def test_moodle_in_folders(made: Made):
    """As its mod/assign names them, with and without the underscore at the end."""
    folder = made(
        "Jane Doe_101_assignsubmission_file_/stable.py",
        "Jane Doe_101_assignsubmission_file_/naive.py",
        "John Roe_102_assignsubmission_file/work.zip",
        "Eva_Maria M_103_assignsubmission_onlinetext_/onlinetext.html",
        "Jane Doe_101_assignsubmission_onlinetext_/onlinetext.html",
        "grades.txt",
    )
    entries = find_entries(folder, "onewalk")
    assert shown(entries, folder) == {
        "101": "Jane Doe_101_assignsubmission_file_",
        "102": "John Roe_102_assignsubmission_file/work.zip",
    }
    assert sorted(entries.bad) == ["Eva_Maria M_103_assignsubmission_onlinetext_", "grades.txt"]


def test_moodle_as_files(made: Made):
    folder = made(
        "Jane Doe_101_assignsubmission_file_stable.py",
        "Jane Doe_101_assignsubmission_file_naive.py",
        "Participant_102_assignsubmission_file_my_work.ipynb",
        "Participant_103_assignsubmission_onlinetext_onlinetext.html",
    )
    entries = find_entries(folder, "onewalk")
    assert shown(entries, folder) == {
        "101": {
            "naive.py": "Jane Doe_101_assignsubmission_file_naive.py",
            "stable.py": "Jane Doe_101_assignsubmission_file_stable.py",
        },
        "102": {"my_work.ipynb": "Participant_102_assignsubmission_file_my_work.ipynb"},
    }


def test_files_are_read_by_the_names_that_students_gave(made: Made):
    folder = made("doejane_101_9001_stable.py", "doejane_101_9002_naive.py")
    what = find_entries(folder, "onewalk").good["101"].what
    assert not isinstance(what, Path)
    submission = read_files("101", what, ["exercises/naive.py", "exercises/stable.py"])
    assert submission.files == ["naive.py", "stable.py"]
    assert submission.code.modules == {"naive": 0, "stable": 1}


# ------------------------------------------------------------------ nbgrader


@pytest.mark.parametrize("within", ["", "submitted"])
def test_nbgrader(made: Made, within):
    made(
        "ada/onewalk/stable.ipynb",
        "ada/other/x.ipynb",
        "bob/onewalk/stable.ipynb",
        "cy/other/x.ipynb",
        "di/onewalk/stable.ipynb",
        "ed/onewalk/stable.ipynb",
        root="submitted",
    )
    folder = made(root="submitted")
    if within:  # the course's folder
        course = folder.parent / "course"
        course.mkdir()
        (course / "gradebook.db").touch()
        folder.rename(course / "submitted")
        given, folder = course, course / "submitted"
    else:
        given = folder
    (folder / "ada/onewalk/timestamp.txt").write_text("2026-11-20 15:58:23.948203 Europe/Zurich\n")
    (folder / "bob/onewalk/timestamp.txt").write_text("yesterday")
    (folder / "di/onewalk/timestamp.txt").write_text("0001-01-01 00:00:00 Asia/Tokyo")
    # Where c.Exchange.timestamp_format says so.
    (folder / "ed/onewalk/timestamp.txt").write_text("2026-11-20 09:58:23.948203 -0500")
    entries = find_entries(given, "onewalk")
    assert shown(entries, folder) == {
        name: f"{name}/onewalk" for name in ("ada", "bob", "di", "ed")
    }
    assert entries.good["ada"].submitted_at == "2026-11-20T14:58:23Z"
    assert entries.good["bob"].submitted_at is None
    assert entries.good["ed"].submitted_at == "2026-11-20T14:58:23Z"
    assert entries.notes == [
        "bob: timestamp.txt cannot be read as a time, so none is known",
        "cy handed in nothing for onewalk",
        "di: timestamp.txt cannot be read as a time, so none is known",
    ]


def test_nbgraders_own_notebook_counts_of_all_the_code_there(made: Made):
    folder = made(
        "ada/onewalk/onewalk.ipynb",
        "ada/onewalk/onewalk-Copy1.ipynb",
        "ada/onewalk/helpers.py",
        "ada/onewalk/drills.toml",
        "ada/onewalk/exercises/stable.py",
        "bob/onewalk/stable.py",
        root="submitted",
    )
    entries = find_entries(folder, "onewalk")
    assert shown(entries, folder) == {
        "ada": {"onewalk.ipynb": "onewalk.ipynb", "drills.toml": "drills.toml"},
        "bob": "bob/onewalk",
    }
    assert entries.notes == [
        "ada: only onewalk.ipynb is read of the code that lies there, and not helpers.py, "
        "onewalk-Copy1.ipynb"
    ]


def test_nbgrader_with_one_assignment_of_another_name(made: Made):
    folder = made("ada/ps1/x.ipynb", root="submitted")
    assert found(folder) == {"ada": "ada/ps1"}


def test_nbgrader_with_none_that_is_meant(made: Made):
    folder = made("ada/ps1/x.ipynb", "bob/ps2/x.ipynb", root="submitted")
    with pytest.raises(UsageError, match=r"several assignments \(ps1, ps2\)"):
        find_entries(folder, "onewalk")


# ------------------------------------------------------------------ a CSV file


def test_a_csv_file(made: Made):
    folder = made("one/", "two.zip")
    table = folder / "who.csv"
    table.write_text(
        "\ufeffsection,student,path,submitted_at\n"
        "A,ada,one,2026-11-20T23:59:00+01:00\n"
        "B,bob,two.zip,\n"
        "B,cy,three.zip,\n"
        "B,di,two.zip,yesterday\n"
        "B,,two.zip,\n"
        "B,ed,one,\n"
        "B,ed,two.zip,\n"
        "B,flo,one,0001-01-01T00:00:00+14:00\n"
    )
    entries = find_entries(table, "onewalk")
    assert shown(entries, folder) == {"ada": "one", "bob": "two.zip"}
    assert entries.good["ada"].submitted_at == "2026-11-20T22:59:00Z"
    assert {name: reason.split(":")[0] for name, reason in entries.bad.items()} == {
        "cy": "who.csv, line 4",
        "di": "who.csv, line 5",
        "who.csv, line 6": "a student and a path are needed",
        "ed": "there 2 times (who.csv, line 7, who.csv, line 8); leave only the one that counts",
        "flo": "who.csv, line 9",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,path\n", "no column student"),
        ("student,path\n", "names no submission"),
        (f"student,path\nada,{'x' * 200_000}\n", r"who\.csv, line 2: not CSV"),
    ],
)
def test_a_csv_file_of_no_use(made: Made, text, said):
    table = made() / "who.csv"
    table.write_text(text)
    with pytest.raises(UsageError, match=said):
        find_entries(table, "onewalk")


def test_a_single_archive_among_files_of_a_platform_is_opened(made: Made, tmp_path: Path):
    folder = made("doejane_101_9001_work.zip", "roejohn_102_9002_a.zip", "roejohn_102_9003_b.py")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("stable.py", "x = 1\n")
    (folder / "doejane_101_9001_work.zip").write_bytes(data.getvalue())
    assert found(folder) == {
        "101": "doejane_101_9001_work.zip",
        "102": {"a.zip": "roejohn_102_9002_a.zip", "b.py": "roejohn_102_9003_b.py"},
    }
