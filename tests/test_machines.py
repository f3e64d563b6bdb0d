"""The machines that grading runs on differ in what they allow; each is put together here.

A launcher takes away what a machine lacks and becomes ``python -m autograder``; what is left is
really not there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from autograder.sandbox.cgroup import ControlGroup
from autograder.sandbox.client import ForkServer
from autograder.sandbox.confine import _threads_of
from autograder.sandbox.outside import Outside
from tests.conftest import ROOT

LAUNCHER = """
import ctypes, errno, os, pathlib, sys, tempfile
import pyseccomp as seccomp

libc = ctypes.CDLL(None)
without, user, refused = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(",")


def open_the_way(path):
    # Let every user get at a folder of root's, in a view of the files of this process alone.
    closed = next((p for p in reversed(path.parents) if not p.stat().st_mode & 1), None)
    if closed is None:
        return
    first = path.relative_to(closed).parts[0]
    here = tempfile.mkdtemp()
    os.chmod(here, 0o755)
    os.mkdir(os.path.join(here, first))
    for source, target in ((closed / first, os.path.join(here, first)), (here, closed)):
        assert libc.mount(os.fsencode(source), os.fsencode(target), None, 4096 | 16384, None) == 0


if user and os.geteuid() == 0:
    assert libc.unshare(0x00020000) == 0
    assert libc.mount(b"none", b"/", None, 16384 | 1 << 18, None) == 0
    for path in {sys.base_prefix, sys.prefix, os.getcwd()}:
        open_the_way(pathlib.Path(path))
code = getattr(errno, sys.argv[4])
if os.geteuid() == 0:
    # What a container that is given no rights has left of root's, by default.
    kept = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31} if without == "rights" else range(41)
    for capability in range(41):
        if capability not in kept:
            libc.prctl(24, capability, 0, 0, 0)
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
rules = seccomp.SyscallFilter(seccomp.ALLOW)
for name in filter(None, refused):
    rules.add_rule(seccomp.ERRNO(code), name)
rules.load()
os.execv(sys.executable, [sys.executable, *sys.argv[5:]])
"""

CONTAINER = ("rights", "0", "unshare,mount,umount2,pivot_root,setns,keyctl,bpf,ptrace", "EPERM")
CONTAINED_USER = ("rights", "1234", *CONTAINER[2:])
APPARMOR = ("nothing", "1234", "mount", "EACCES")
ORDINARY = ("nothing", "1234", "", "EPERM")
OLD_KERNEL = (
    *("rights", "0"),
    "unshare,mount,landlock_create_ruleset,landlock_add_rule,landlock_restrict_self",
    "ENOSYS",
)


def launched(machine: tuple[str, ...], *command: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(
            [sys.executable, "-c", LAUNCHER, *machine, *command],
            cwd=ROOT,
            env=os.environ | {"TMPDIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )


GRADE = ("-m", "autograder", "grade", "reference", "--only", "stable")


@pytest.mark.parametrize(
    "machine",
    [CONTAINER, CONTAINED_USER, APPARMOR],
    ids=["container", "a user in a container", "apparmor"],
)
def test_where_namespaces_are_refused_landlock_confines(machine):
    """A container without extra rights, and Ubuntu 24.04, where namespaces have no rights."""
    graded = launched(machine, *GRADE)
    assert graded.returncode == 0, graded.stderr
    assert "10 / 10" in graded.stdout
    assert "mount" not in graded.stdout.partition("confinement")[2].partition("seed")[0]
    assert "Student code ran without full confinement" not in graded.stdout
    doctor = launched(machine, "-m", "autograder", "doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert "files (Landlock): ABI" in doctor.stdout


def test_an_ordinary_user_has_namespaces_of_their_own():
    graded = launched(ORDINARY, *GRADE)
    assert graded.returncode == 0, graded.stderr
    assert "10 / 10" in graded.stdout
    said = " ".join(graded.stdout.partition("confinement")[2].partition("seed")[0].split())
    assert "namespaces (user mount pid net ipc)" in said
    assert "control group" not in said


THREADS = """
import sys
sys.path.insert(0, "")
from tests.test_confinement import student
from autograder.sandbox.client import ForkServer

source = '''
import threading
import numpy as np

threading.stack_size(64 << 10)
done = threading.Event()

def hunt():
    count = 0
    try:
        for count in range(2000):
            threading.Thread(target=done.wait, daemon=True).start()
    except RuntimeError:
        pass
    return np.array([count])
'''
with ForkServer() as server:
    assert not server.facts["namespaces"], server.facts
    made = student(server, source)
    print(made.hunt().item())
    made.close()
"""


def test_an_ordinary_users_threads_are_limited_without_namespaces():
    """They count with all else that the user runs, and there are few of them all the same."""
    counted = launched(CONTAINED_USER, "-c", THREADS)
    assert counted.returncode == 0, counted.stderr
    assert 100 < int(counted.stdout) < 400


def test_where_nothing_confines_grading_is_refused():
    """Neither namespaces nor Landlock, over an assignment that every user can read."""
    graded = launched(OLD_KERNEL, *GRADE)
    assert graded.returncode == 2, graded.stdout
    assert "cannot confine student code" in graded.stderr
    assert "--unconfined" in graded.stderr
    doctor = launched(OLD_KERNEL, "-m", "autograder", "doctor")
    assert doctor.returncode == 1
    anyway = launched(OLD_KERNEL, *GRADE, "--unconfined")
    assert anyway.returncode == 0
    assert "10 / 10" in anyway.stdout
    assert "ran without full confinement" in anyway.stdout


ABI = """
    import sys
    import landlock
    from landlock import plumbing

    landlock.landlock_abi_version = plumbing.landlock_abi_version = lambda: int(sys.argv[1])
    import numpy
    from autograder.sandbox.confine import Confinement, Limits
    from autograder.sandbox.profiles import PROFILES

    made = Confinement(PROFILES["numpy"], without=["namespaces", "seccomp"])
    assert made.facts["landlock"] == int(sys.argv[1]), made.missing
    made.enter(Limits(1 << 28, 10), keep=63)
    import numpy.fft
    for attempt in (lambda: open("/etc/passwd"), lambda: open("/tmp/onewalk-abi", "w")):
        try:
            attempt()
        except OSError:
            continue
        sys.exit(3)
"""


@pytest.mark.parametrize("abi", range(1, 8))
def test_each_version_of_landlock_keeps_files_from_being_read(abi):
    with ForkServer() as server:
        newest = server.facts["landlock"]
    if newest is None or newest < abi:
        pytest.skip(f"this kernel has Landlock {newest}")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(ABI), str(abi)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_threads_beside_are_counted():
    mine = len(list(Path("/proc/self/task").iterdir()))
    assert _threads_of(os.geteuid()) >= mine
    assert _threads_of(54_321) == 0


# ------------------------------------------------------------------ control groups

HOG = "import sys; print('up', flush=True); sys.stdin.readline(); x = b'x' * (300 << 20); print(1)"


def test_a_control_group_ends_what_takes_more_than_it_may():
    command = [sys.executable, "-c", HOG]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        group = ControlGroup.around(process.pid, 64 << 20)
        if group is None:
            process.kill()
            pytest.skip("this user may make no control group here")
        group.allow(100 << 20)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.wait() == -9
    assert group.killed == 1
    group.remove()
    assert not group._folder.exists()


class FakeKernel:
    """A folder that is taken for a cgroup file system: new folders in it get their files."""

    def __init__(self, root: Path, kind: str, inner: str, files: list[str]) -> None:
        self.top = root / "sys"
        self.proc = root / "proc"
        self.files = files
        self.passes_on = {self.top}
        (self.top / inner).mkdir(parents=True)
        (self.proc / "self").mkdir(parents=True)
        options = "rw,memory" if kind == "cgroup" else "rw"
        mount = f"33 25 0:28 / {self.top} rw shared:9 - {kind} {kind} {options}\n"
        (self.proc / "self/mountinfo").write_text(f"25 1 8:1 / / rw - ext4 /dev/x rw\n{mount}")
        controllers = "4:memory" if kind == "cgroup" else "0:"
        (self.proc / "self/cgroup").write_text(f"9:cpu:/x\n{controllers}:/{inner}\n")

    def take_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = Path.mkdir

        def mkdir(path: Path) -> None:
            made(path)
            if path.parent in self.passes_on:
                for file in self.files:
                    (path / file).touch()

        monkeypatch.setattr(Path, "mkdir", mkdir)


@pytest.mark.parametrize(
    ("kind", "limit", "swap", "swapped"),
    [
        ("cgroup2", "memory.max", "memory.swap.max", "0"),
        ("cgroup", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "200"),
    ],
)
def test_both_versions_of_control_groups(tmp_path, monkeypatch, kind, limit, swap, swapped):
    """The nearest group above that passes its memory on is where one is made."""
    kernel = FakeKernel(tmp_path, kind, "user.slice/session.scope", ["cgroup.procs", limit, swap])
    kernel.take_over(monkeypatch)
    group = ControlGroup.around(4711, 100, kernel.proc)
    assert group is not None
    assert group._folder.parent == kernel.top
    assert (group._folder / "cgroup.procs").read_text() == "4711"
    group.allow(200)
    group.allow(150)  # never less than it was
    assert (group._folder / limit).read_text() == "200"
    assert (group._folder / swap).read_text() == swapped
    # Those where none could be made are gone again.
    assert not list((kernel.top / "user.slice").rglob("onewalk-*"))


def test_where_no_control_group_can_be_had(tmp_path):
    assert ControlGroup.around(1, 100, tmp_path / "nothing") is None
    kernel = FakeKernel(tmp_path, "cgroup2", "inner", [])
    assert ControlGroup.around(1, 100, kernel.proc) is None
    assert list(kernel.top.iterdir()) == [kernel.top / "inner"]


def test_groups_of_killed_graders_are_swept_away(tmp_path, monkeypatch):
    kernel = FakeKernel(tmp_path, "cgroup2", "", ["cgroup.procs", "memory.max"])
    old, new = kernel.top / "onewalk-old", kernel.top / "onewalk-new"
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (0, 0))
    kernel.take_over(monkeypatch)
    ControlGroup.around(4711, 100, kernel.proc)
    assert not old.exists()
    assert new.exists()


def test_memory_is_seen_from_outside():
    seen = Outside(os.getpid())
    before = seen.held
    held = bytearray(b"x") * (64 << 20)
    seen.look()
    assert 60 << 20 < seen.held - before < 80 << 20
    assert seen.threads >= 1
    del held
    seen.close()
