"""Each shape of submission is read, and each broken one is a sentence."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.intake import FILE_CAP, Submission, read_submission
from autograder.parsing import Parser, members
from autograder.sandbox.archive import BadMember
from tests.conftest import ROOT

FILES = ["exercises/naive.py", "exercises/stable.py"]
NAMES = ["naive", "stable"]
TEXT = "def f():\n    return 1\n"


def folder(root: Path, *paths: str, text: str = TEXT) -> Path:
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return root


def zipped(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, members: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


def modules(submission: Submission) -> dict[str, str]:
    return {
        name: submission.code.sources[index].path for name, index in submission.code.modules.items()
    }


BOTH = {"naive": "exercises/naive.py", "stable": "exercises/stable.py"}
FLAT = {"naive": "naive.py", "stable": "stable.py"}


def test_a_checkout(tmp_path):
    read = read_submission(folder(tmp_path / "ada", *BOTH.values(), "notes.md"), FILES)
    assert (read.id, modules(read), read.findings) == ("ada", BOTH, [])


def test_flat_files(tmp_path):
    assert modules(read_submission(folder(tmp_path, *FLAT.values()), FILES)) == FLAT


def test_a_checkout_wins_over_flat_files(tmp_path):
    made = folder(tmp_path, *FLAT.values(), *BOTH.values())
    assert modules(read_submission(made, FILES)) == BOTH


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz", ".tgz", ".ZIP"])
@pytest.mark.parametrize("prefix", ["", "homework-1/"])
@pytest.mark.parametrize("files", [BOTH, FLAT], ids=["checkout", "flat"])
def test_archives_with_and_without_an_enclosing_folder(tmp_path, suffix, prefix, files):
    make = zipped if suffix.lower() == ".zip" else tarred
    clutter = {"__MACOSX/._naive.py": "x", f"{prefix}.DS_Store": "x"}
    members = {prefix + path: TEXT for path in files.values()} | clutter
    read = read_submission(make(tmp_path / f"ada{suffix}", members), FILES)
    assert (read.id, modules(read), read.findings) == ("ada", files, [])


def test_a_folder_in_a_folder(tmp_path):
    made = folder(tmp_path, "work/exercises/naive.py", ".git/config")
    assert modules(read_submission(made, FILES)) == {"naive": "exercises/naive.py"}


def test_a_file_named_as_an_exercise_is_that_exercise(tmp_path):
    made = folder(tmp_path, "stable.py")
    assert modules(read_submission(made / "stable.py", FILES)) == {"stable": "stable.py"}


@pytest.mark.parametrize("name", ["homework.py", "homework.ipynb"])
def test_any_other_file_is_every_exercise(tmp_path, name):
    made = folder(tmp_path, name)
    for path in (made / name, made):
        read = read_submission(path, FILES)
        assert modules(read) == dict.fromkeys(NAMES, name)
        assert read.code.sources[0].notebook == name.endswith(".ipynb")


@pytest.mark.parametrize(
    "data",
    [b"\xef\xbb\xbf" + TEXT.encode(), TEXT.replace("\n", "\r\n").encode()],
    ids=["bom", "crlf"],
)
def test_byte_order_marks_and_other_newlines_are_fine(tmp_path, data):
    (folder(tmp_path, "naive.py") / "naive.py").write_bytes(data)
    (source,) = read_submission(tmp_path, FILES).code.sources
    assert source.text.splitlines() == TEXT.splitlines()


BROKEN = {
    "utf-16": (TEXT.encode("utf-16"), "UTF-8"),
    "latin-1": ("# é".encode("latin-1"), "UTF-8"),
    "nul": (b"x = 1\0", "NUL"),
    "large": (b"#" * (FILE_CAP + 1), "larger than 1 MB"),
}


@pytest.mark.parametrize(("data", "said"), BROKEN.values(), ids=BROKEN)
def test_one_file_that_cannot_be_read_spoils_only_itself(tmp_path, data, said):
    folder(tmp_path, *BOTH.values())
    (tmp_path / "exercises/naive.py").write_bytes(data)
    read = read_submission(tmp_path, FILES)
    assert modules(read) == {"stable": "exercises/stable.py"}
    assert said in read.unreadable["naive"]
    assert [(f.severity, f.exercise) for f in read.findings] == [("error", "naive")]


def test_links_are_not_followed(tmp_path):
    secret = folder(tmp_path, "secret.py") / "secret.py"
    made = folder(tmp_path / "s", "exercises/stable.py")
    (made / "exercises/naive.py").symlink_to(secret)
    read = read_submission(made, FILES)
    assert modules(read) == {"stable": "exercises/stable.py"}
    assert "link" in read.unreadable["naive"]


def test_a_linked_folder_is_not_followed(tmp_path):
    folder(tmp_path, "kit/exercises/naive.py")
    made = folder(tmp_path / "s", "stable.py")
    (made / "exercises").symlink_to(tmp_path / "kit/exercises")
    assert modules(read_submission(made, FILES)) == {"stable": "stable.py"}


def test_a_pipe_is_no_file(tmp_path):
    made = folder(tmp_path / "s", "exercises/stable.py")
    os.mkfifo(made / "exercises/naive.py")
    assert "pipe" in read_submission(made, FILES).unreadable["naive"]


def test_links_and_climbing_names_in_archives(tmp_path):
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("exercises/naive.py")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("../exercises/stable.py", TEXT)
        archive.writestr("/exercises/stable.py", TEXT)
    read = read_submission(path, FILES)
    assert modules(read) == {}
    assert "link" in read.unreadable["naive"]


def test_the_first_of_two_members_wins(tmp_path):
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("naive.py", "first = 1\n")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("naive.py", "second = 1\n")
    assert read_submission(path, FILES).code.sources[0].text == "first = 1\n"


def test_a_bomb_is_read_up_to_the_cap(tmp_path):
    read = read_submission(zipped(tmp_path / "s.zip", {"naive.py": b"0" * (100 << 20)}), FILES)
    assert "larger than 1 MB" in read.unreadable["naive"]


def cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


REJECTED = {
    "an empty folder": (
        lambda t: folder(t / "s", "x.py").joinpath("x.py").unlink() or t / "s",
        "empty",
    ),
    "an empty zip": (lambda t: zipped(t / "s.zip", {}), "empty"),
    "a cut zip": (lambda t: cut(zipped(t / "s.zip", {"naive.py": TEXT * 99})), "broken"),
    "a cut tar": (
        lambda t: cut(tarred(t / "s.tar.gz", {"naive.py": os.urandom(5000).hex()})),
        "broken",
    ),
    "text called zip": (lambda t: folder(t, "s.zip") / "s.zip", "broken"),
    "text called tar": (lambda t: folder(t, "s.tar") / "s.tar", "broken"),
    "an unknown kind": (lambda t: folder(t, "s.docx") / "s.docx", "neither a folder nor"),
    "nothing of ours": (lambda t: folder(t / "s", "readme.md"), "exercises/naive.py"),
    "two strange files": (lambda t: folder(t / "s", "a.py", "b.py"), "exercises/naive.py"),
}


@pytest.mark.parametrize(("make", "said"), REJECTED.values(), ids=REJECTED)
def test_what_holds_nothing_is_rejected_with_a_sentence(tmp_path, make, said):
    read = read_submission(make(tmp_path), FILES)
    assert read.rejected
    (finding,) = read.findings
    assert said in finding.text
    assert finding.text.endswith(".")
    assert set(read.unreadable) == set(NAMES)


def test_an_encrypted_member_is_told(tmp_path):
    path = zipped(tmp_path / "s.zip", {"naive.py": TEXT})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    assert "encrypted" in read_submission(path, FILES).unreadable["naive"]


def test_a_missing_path_is_the_callers_mistake(tmp_path):
    with pytest.raises(UsageError, match="no file or folder"):
        read_submission(tmp_path / "nobody", FILES)


def test_the_digest_is_of_names_and_contents(tmp_path):
    one = read_submission(folder(tmp_path / "a", "naive.py"), FILES).sha256
    same = read_submission(folder(tmp_path / "b", "naive.py"), FILES).sha256
    other = read_submission(folder(tmp_path / "c", "naive.py", text="x = 2\n"), FILES).sha256
    moved = read_submission(folder(tmp_path / "d", "stable.py"), FILES).sha256
    assert one == same
    assert len({one, other, moved}) == 3


def test_notebook_cells_and_magics():
    from autograder.sandbox.loader import code_cells, without_magics

    cells = [
        {"cell_type": "markdown", "source": "# Title"},
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
        {"cell_type": "code", "source": "c = 3"},
    ]
    assert code_cells(json.dumps({"cells": cells})) == ["a = 1\nb = 2", "c = 3"]
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": "d = 4"}]}]}
    assert code_cells(json.dumps(old)) == ["d = 4"]
    assert without_magics("%matplotlib inline\nx = 1\n!ls") == ("pass\nx = 1\npass", True)
    assert without_magics("%%time\nx = 1") == ("pass\nx = 1", True)
    assert without_magics("%%bash\nls") == ("", True)
    assert without_magics("if x:\n    %pip install y") == ("if x:\n    pass", True)
    assert without_magics("y = (a\n     % b)\n%time y") == ("y = (a\n     % b)\npass", True)
    assert without_magics("x = 5 % 3") == ("x = 5 % 3", False)
    for text in ("", "[]", "{}", '{"cells": 3}', "[" * 100_000):
        with pytest.raises(SyntaxError, match="not a notebook"):
            code_cells(text)


def test_broken_archives_of_all_kinds_are_only_broken(tmp_path):
    """Whatever the archive modules raise on flipped bytes, the grader does not."""
    import random

    members = {"naive.py": TEXT * 20, "notes.txt": "x" * 300}
    originals = [
        zipped(tmp_path / "a.zip", members),
        tarred(tmp_path / "b.tar", members),
        tarred(tmp_path / "c.tar.gz", members),
    ]
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path = tmp_path / f"m{method}.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("naive.py", TEXT * 20)
        originals.append(path)
    chance = random.Random(5)
    for path in originals:
        whole = path.read_bytes()
        for _ in range(150):
            data = bytearray(whole)
            for _ in range(chance.randint(1, 4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            path.write_bytes(data)
            read_submission(path, FILES)


def test_headers_that_never_end_are_broken(tmp_path):
    info = tarfile.TarInfo("x")
    info.type, info.size = b"L", 1
    path = tmp_path / "s.tar"
    path.write_bytes((info.tobuf(tarfile.GNU_FORMAT) + b"a" + b"\0" * 511) * 3000)
    assert read_submission(path, FILES).rejected


def test_a_tar_that_swells_is_refused_at_the_cap(tmp_path):
    import gzip

    path = tmp_path / "s.tar.gz"
    info = tarfile.TarInfo("x")
    info.type, info.size = b"L", 200 << 20
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(info.tobuf(tarfile.GNU_FORMAT))
        for _ in range(200):
            file.write(bytes(1 << 20))
    assert "unpacks to more than 64 MB" in read_submission(path, FILES).findings[0].text


def test_other_compressions_are_no_tar(tmp_path):
    import lzma

    path = tarred(tmp_path / "s.tar", {"naive.py": TEXT})
    path.write_bytes(lzma.compress(path.read_bytes()))
    assert "broken" in read_submission(path, FILES).findings[0].text


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz"])
@pytest.mark.parametrize("spoil", [None, cut], ids=["whole", "cut"])
def test_a_grader_reads_in_a_worker_what_is_read_here(grader, kit, tmp_path, suffix, spoil):
    """Names, texts, findings and complaints: no difference but where it happens."""
    make = zipped if suffix == ".zip" else tarred
    members = dict.fromkeys(BOTH.values(), TEXT) | {
        "../exercises/merge.py": TEXT,
        "exercises/ONLINE.py": TEXT,
        "noise": os.urandom(500).hex(),
        "a/" * 40 + "x.py": TEXT,
    }
    path = make(tmp_path / f"ada{suffix}", members)
    if spoil:
        spoil(path)
    there, here = grader.read(path), read_submission(path, kit.files)
    assert there == here
    assert there.rejected == bool(spoil)


def test_a_parser_that_ends_spoils_one_member_after_the_other(grader):
    """Each is told by itself, and nothing is closed twice."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in ("a.py", "b.py", "c.py"):
            archive.writestr(name, TEXT)
    with closing(Parser(grader._server)) as parser:
        found, _ = members(parser, data.getvalue(), ".zip")
        parser._deadline = 0.0
        for member in found:
            with pytest.raises(BadMember):
                member.read(100)


def test_no_archive_is_opened_in_the_grader(grader, tmp_path, monkeypatch):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("opened in the grader")

    monkeypatch.setattr(zipfile, "ZipFile", never)
    monkeypatch.setattr(tarfile, "open", never)
    assert not grader.read(ROOT / "examples/zipped.zip").rejected


def test_names_that_are_no_utf8(tmp_path):
    name = os.fsdecode(b"homework-\xff.py")
    (folder(tmp_path / "s") / "x").parent.mkdir()
    (tmp_path / "s" / name).write_text(TEXT)
    read = read_submission(tmp_path / "s", FILES)
    assert read.files == ["homework-?.py"]
    assert read.sha256
    read.files[0].encode()


def test_the_rest_of_a_submission_does_not_matter(tmp_path):
    made = folder(tmp_path / "s", "exercises/naive.py", "data/x/y/z.csv")
    for number in range(200):
        (made / "data" / f"{number}.txt").touch()
    (made / "data").chmod(0)
    try:
        assert modules(read_submission(made, FILES)) == {"naive": "exercises/naive.py"}
    finally:
        (made / "data").chmod(0o755)


def test_a_path_that_is_a_link_is_the_instructors(tmp_path):
    made = folder(tmp_path / "real", "stable.py")
    for target in (made, made / "stable.py"):
        link = tmp_path / f"link-{target.name}"
        link.symlink_to(target)
        assert modules(read_submission(link, FILES)) == {"stable": "stable.py"}


def test_a_notebook_may_hold_pictures(tmp_path):
    cell = {"cell_type": "code", "source": "x = 1", "outputs": [{"data": "A" * (3 << 20)}]}
    (tmp_path / "hw.IPYNB").write_text(json.dumps({"cells": [cell]}))
    assert not read_submission(tmp_path / "hw.IPYNB", FILES).rejected


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_methods_that_unpack_without_bound_are_refused(tmp_path, method):
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("naive.py", "#" * (20 << 20))
    assert "ordinary zip" in read_submission(path, FILES).unreadable["naive"]


def test_a_name_of_several_lines_is_one_line(tmp_path):
    made = folder(tmp_path / "s", "a\n::error::b\u202e.py")
    assert read_submission(made, FILES).files == ["a?::error::b?.py"]


def test_a_file_without_permission_is_told(tmp_path, monkeypatch):
    """As root has all permissions, the system's answer is put in its place."""
    made = folder(tmp_path, *BOTH.values())
    opened = os.open

    def refuse(path, *args, **options):
        if str(path).endswith("naive.py"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **options)

    monkeypatch.setattr(os, "open", refuse)
    read = read_submission(made, FILES)
    assert modules(read) == {"stable": "exercises/stable.py"}
    assert "cannot be read: Permission denied" in read.unreadable["naive"]
