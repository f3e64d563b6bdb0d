"""What student code can reach, in each set of protections that a machine may have."""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.errors import UnconfinedError
from autograder.expect import Raised, Verdict
from autograder.grading import Grader
from autograder.intake import read_submission
from autograder.kit import Kit
from autograder.process import Clock, Work
from autograder.reading import _why_unconfined
from autograder.result import Confinement
from autograder.sandbox.client import ForkServer, WorkerProcess
from autograder.sandbox.confine import Limits
from autograder.sandbox.kernel import ConfinementError
from autograder.sandbox.loader import Source, StudentCode
from autograder.student import Student
from tests.conftest import ROOT

# Each must suffice alone; a machine without user namespaces, one without Landlock, both.
MODES = {
    "all": (),
    "no namespaces": ("namespaces",),
    "no landlock": ("landlock",),
}
NOTHING = ("namespaces", "landlock", "seccomp", "user")


@pytest.fixture(scope="module", params=MODES.values(), ids=MODES)
def server(request: pytest.FixtureRequest) -> Iterator[ForkServer]:
    with ForkServer(request.param) as server:
        yield server


@pytest.fixture(scope="module")
def bare_server() -> Iterator[ForkServer]:
    """No protection at all: shows that the attempts below would succeed without them."""
    with ForkServer(NOTHING) as server:
        yield server


def student(server: ForkServer, source: str, memory_mb: int = 256, seconds: float = 20) -> Student:
    code = StudentCode([Source("exercises/hunt.py", textwrap.dedent(source))], {"hunt": 0})
    functions = {"hunt": "array", "pair": "pair"}
    limits = Limits(memory_mb << 20, 30)
    signatures = {"hunt": "hunt()"}
    made = Student(
        Work(
            "hunt", "exercises/hunt.py", functions, signatures, code, server, Clock(seconds), limits
        )
    )
    made.begin_test()
    return made


def hunt(server: ForkServer, source: str, *args: object) -> np.ndarray:
    made = student(server, source)
    try:
        return made.hunt(*args)
    finally:
        made.close()


CANARY = "canary-7f3a-sings"

HUNTER = """
    import gc, itertools, os, sys
    import numpy as np

    WORD = "-".join(["canary", "7f3a", "sings"]).encode()

    def holds(data):
        return WORD in data

    def read(path, size=1 << 20):
        try:
            with open(path, "rb", buffering=0) as file:
                return file.read(size) or b""
        except OSError:
            return b""

    def in_files(places, most=300):
        for place in places:
            for folder, _, names in itertools.islice(os.walk(place), most):
                if any(holds(read(os.path.join(folder, name))) for name in names):
                    return True
        return False

    def in_proc(pids):
        for pid in [*pids, "1", "self", str(os.getpid()), str(os.getppid())]:
            for name in ("environ", "cmdline", "maps"):
                if holds(read(f"/proc/{pid}/{name}")):
                    return True
            for link in ("cwd", "root"):
                if in_files([f"/proc/{pid}/{link}"], 5):
                    return True
        return False

    def in_frames():
        frame = sys._getframe()
        while frame:
            for values in (frame.f_locals, frame.f_globals):
                if values.get("WORD") is WORD:
                    continue  # the hunter's own
                if any(holds(repr(v).encode(errors="replace")) for v in list(values.values())):
                    return True
            frame = frame.f_back
        return False

    def in_gc():
        for thing in gc.get_objects():
            if type(thing) in (dict, list, tuple):
                parts = [*thing, *thing.values()] if type(thing) is dict else thing
                if any(type(p) is str and holds(p.encode(errors="replace")) for p in parts):
                    return True
        return False

    def in_environment():
        return any(holds(os.environb[k]) or holds(k) for k in os.environb)

    def hunt(*known):
        places = [bytes(k).decode() for k in known if k.ndim]
        pids = [str(int(k)) for k in known if not k.ndim]
        return np.array([in_files(places), in_proc(pids), in_frames(), in_gc(), in_environment()])
"""


def as_bytes(path: Path) -> np.ndarray:
    return np.frombuffer(os.fsencode(path), np.uint8).copy()


@pytest.fixture
def nest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """An assignment with the canary wherever something is hidden; its folders."""
    tmp_path.chmod(0o755)
    kits = ("hidden_tests/test_hunt.py", "reference/hunt.py", "grader.toml")
    for name in (*kits, "submissions/ada/exercises/hunt.py", "results/ada/result.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {CANARY}\n")
    monkeypatch.setenv("HIDDEN_CANARY", CANARY)
    monkeypatch.chdir(tmp_path)
    return [as_bytes(tmp_path)]


def test_nothing_hidden_can_be_reached(server, nest):
    with subprocess.Popen(["/bin/sleep", "60"], env={"CANARY": CANARY}) as beside:
        pids = [np.array(pid) for pid in (beside.pid, os.getpid())]
        found = hunt(server, HUNTER, *nest, *pids)
        beside.kill()
    assert found.tolist() == [False] * 5


def test_the_hunter_finds_what_can_be_reached(bare_server, nest):
    """Each of its five ways, where nothing stands in the way and there is something to find."""
    planted = """
    os.environ["PLANTED"] = WORD.decode()
    kept = [["x", WORD.decode()]]
    # A caller whose own variables, and no others, hold it.
    hunt = eval("lambda *known: (lambda mine: seek(*known))(kept)", {"seek": hunt, "kept": kept})
"""
    with subprocess.Popen(["/bin/sleep", "60"], env={"CANARY": CANARY}) as beside:
        found = hunt(bare_server, HUNTER + planted, *nest, np.array(beside.pid))
        beside.kill()
    assert found.tolist() == [True] * 5


SCANNER = """
    import re
    import numpy as np

    # So written, the pattern is not what it looks for.
    WORD = re.compile(b"[c]anary-7f3a-[s]ings")

    def hunt():
        found = []
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
            for line in maps:
                begin, end = (int(n, 16) for n in line.split()[0].split("-"))
                if line.split()[1].startswith("r") and "[v" not in line:
                    memory.seek(begin)
                    try:
                        found.append(bool(WORD.search(memory.read(end - begin))))
                    except OSError:
                        pass
        return np.array([len(found) > 20, any(found)])
"""


@pytest.mark.usefixtures("nest")
def test_no_memory_of_a_worker_holds_anything_hidden(kit: Kit):
    """Looked through page by page, with nothing in the way: it is not there to be found.

    What is hidden is in the memory of the grader, its environment and the files it has read.
    """
    hidden = [Path("hidden_tests/test_hunt.py").read_text() for _ in range(1000)]
    with Grader(kit, unconfined=True, without=NOTHING) as grader:
        grader.grade(read_submission(kit.root / "reference", kit.files), 1)
        assert hunt(grader._server, SCANNER).tolist() == [True, False]
        planted = "\n    kept = '-'.join(['canary', '7f3a', 'sings'])\n"
        assert hunt(grader._server, SCANNER + planted).tolist() == [True, True]
    assert CANARY in hidden[0]


LEAVE = """
    import builtins, ctypes, fcntl, mmap, os, sys, tempfile, threading
    import numpy as np

    libc = ctypes.CDLL(None, use_errno=True)
    KEY = 0x7F3A

    def attempt(work):
        try:
            return bool(work())
        except BaseException:
            return False

    def in_a_file(folder):
        def leave():
            with open(os.path.join(folder, "mark-7f3a"), "w") as file:
                return file.write("x")
        return leave

    FOLDERS = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/", ".", os.path.expanduser("~"),
               os.path.dirname(np.__file__), os.path.dirname(os.__file__)]

    def locks():
        with open(np.__file__) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True

    def record_lock():
        with open(np.__file__) as file:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return True

    def hunt(looks):
        if not looks:
            builtins.mark = np.mark = sys.mark = os.environ["MARK"] = "x"
            np.seterr(all="raise")
            threading.Thread(target=threading.Event().wait, daemon=True).start()
            left = [attempt(in_a_file(folder)) for folder in FOLDERS]
            left += [attempt(lambda n=n: getattr(libc, n)(KEY, 1, 0o1666) != -1)
                     for n in ("semget", "shmget")]
            left += [attempt(lambda: libc.msgget(KEY, 0o1666) != -1),
                     attempt(lambda: libc.sem_open(b"/mark", 64, 0o666, 1)),
                     attempt(lambda: libc.shm_open(b"/mark", 66, 0o666) != -1),
                     attempt(lambda: libc.mq_open(b"/mark", 66, 0o666, None) != -1),
                     attempt(lambda: libc.syscall(250, 0) == 0),
                     attempt(locks), attempt(record_lock)]
            return np.array(left)
        found = [attempt(lambda n=n: os.stat(os.path.join(n, "mark-7f3a"))) for n in FOLDERS]
        found += [hasattr(builtins, "mark"), hasattr(np, "mark"), hasattr(sys, "mark"),
                  "MARK" in os.environ, np.geterr()["over"] == "raise",
                  threading.active_count() > 1]
        return np.array(found)
"""


def test_nothing_survives_a_worker(server):
    """Neither in files, nor in what the kernel keeps by name, nor in the next worker's memory."""
    assert not hunt(server, LEAVE, np.array(0)).any()
    assert not hunt(server, LEAVE, np.array(1)).any()


@pytest.mark.usefixtures("nest")
def test_the_server_does_not_inherit_the_graders_environment():
    source = f"""
        import numpy as np
        def hunt():
            return np.array([b"{CANARY[:6]}" in open("/proc/self/environ", "rb").read()])
    """
    with ForkServer(NOTHING) as server:
        assert hunt(server, source).tolist() == [False]


def test_no_descriptor_is_open_but_the_wire(server):
    source = """
        import os, stat
        import numpy as np
        def kind(fd):
            try:
                return stat.S_IFMT(os.fstat(fd).st_mode)
            except OSError:
                return 0
        def hunt():
            return np.array([k for k in map(kind, range(1000)) if k])
    """
    open_ones = hunt(server, source).tolist()
    assert open_ones.count(stat.S_IFCHR) == 3  # /dev/null thrice
    assert open_ones.count(stat.S_IFSOCK) == 1
    assert len(open_ones) == 4


def test_one_that_holds_more_than_its_limits_count_is_ended(server):
    """Pages that are made read-only after they were written count no more for RLIMIT_DATA."""
    source = """
        import ctypes
        import numpy as np

        libc = ctypes.CDLL(None)
        libc.mmap.restype = ctypes.c_void_p
        libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
        libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

        def hunt(megabytes):
            for _ in range(int(megabytes)):
                page = libc.mmap(None, 1 << 20, 3, 0x22, -1, 0)
                ctypes.memset(page, 1, 1 << 20)
                libc.mprotect(page, 1 << 20, 1)
            while megabytes > 64:
                pass
            return np.array([megabytes])
    """
    made = student(server, source, memory_mb=64)
    assert made.hunt(np.array(32.0)).tolist() == [32]
    with pytest.raises(Verdict) as verdict:
        made.hunt(np.array(96.0))
    made.close()
    assert verdict.value.status == "out_of_memory"
    assert "64 MB" in verdict.value.feedback


ATTEMPTS = {
    "read a file": "open('/etc/passwd').read()",
    "read the interpreter's packages": "import pytest",
    "write a file": "open('/tmp/onewalk-probe', 'w').write('x')",
    "write beside Python": "open(np.__file__, 'a').write('')",
    "make a folder": "os.mkdir('/tmp/onewalk-probe-folder')",
    "make a socket": "socket.socket()",
    "make a pair of sockets": "socket.socketpair()",
    "fork": "os.fork() or os._exit(0)",
    "run a program": "os.posix_spawn('/bin/true', ['true'], {})",
    "become a program": "os.execv('/bin/true', ['true'])",
    "signal its parent": "os.kill(os.getppid(), 0)",
    "share memory by name": "shared_memory.SharedMemory(create=True, size=10)",
    "make a pipe": "os.pipe()",
    "change its limits": "resource.setrlimit(resource.RLIMIT_DATA, (1 << 40, 1 << 40))",
    "be root": "os.setuid(0)",
    "make an anonymous file": "os.memfd_create('x')",
    "list what others keep": "os.listdir('/var')",
    "list processes": "os.listdir('/proc')",
    "look into its parent": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "memory that grows like a stack": "__import__('mmap').mmap(-1, 1 << 20, flags=0x122)",
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_refused(server, attempt):
    source = f"""
        import os, socket, resource
        from multiprocessing import shared_memory
        import numpy as np

        def hunt():
            try:
                {attempt}
            except (OSError, ImportError, ValueError):
                return np.array([0])
            return np.array([1])
    """
    assert hunt(server, source).tolist() == [0]


def test_what_numpy_and_the_standard_library_need_is_there(server):
    source = """
        import concurrent.futures, ctypes, decimal, fractions, json, math, random, sqlite3
        import statistics, threading, time, zoneinfo
        import numpy as np
        import numpy.fft, numpy.linalg, numpy.ma, numpy.polynomial, numpy.random

        def hunt():
            time.sleep(0.001)
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                parts = list(pool.map(sum, [[1, 2], [3, 4]]))
            big = np.ones((300, 300)) @ np.ones((300, 300))
            return np.array([sum(parts), big[0, 0], np.fft.fft(np.ones(4))[0].real])
    """
    assert hunt(server, source).tolist() == [10, 300, 4]


def test_memory_is_limited(server):
    source = """
        import numpy as np
        def hunt(megabytes):
            return np.ones(int(megabytes) << 17)[:1]
    """
    made = student(server, source, memory_mb=64)
    assert made.hunt(32).tolist() == [1]
    with pytest.raises(Raised) as raised:
        made.hunt(128)
    made.close()
    assert raised.value.status == "out_of_memory"
    assert "64 MB" in raised.value.feedback


def test_shared_memory_is_refused(server):
    source = """
        import mmap
        import numpy as np
        def hunt():
            maps = []
            try:
                for _ in range(100):
                    maps.append(mmap.mmap(-1, 32 << 20))
            except OSError:
                pass
            return np.array([len(maps)])
    """
    assert hunt(server, source).item() == 0


def test_threads_are_limited():
    source = """
        import threading
        import numpy as np
        def hunt():
            threading.stack_size(64 << 10)
            done, threads = threading.Event(), []
            try:
                while len(threads) < 2000:
                    threads.append(threading.Thread(target=done.wait))
                    threads[-1].start()
            except RuntimeError:
                pass
            done.set()
            return np.array([len(threads)])
    """
    with ForkServer() as server:
        assert 16 < hunt(server, source).item() < 400


def test_threads_rest_while_the_grader_is_at_work(server):
    """Else they would take the processor from it, on no clock."""
    source = """
        import hashlib, threading, time
        import numpy as np

        def burn():
            hashlib.pbkdf2_hmac("sha256", b"x", b"y", 2_000_000_000)

        started = time.process_time()
        for _ in range(4):
            threading.Thread(target=burn, daemon=True).start()

        def hunt():
            return np.array([time.process_time()])
    """
    made = student(server, source)
    made.hunt()
    worker = made._process._worker
    stat_file = Path(f"/proc/{outer_pid(worker)}/stat")
    deadline = time.monotonic() + 20
    while stat_file.read_text().rpartition(")")[2].split()[0] != "T":
        assert time.monotonic() < deadline, "it was not stopped"
    assert made.hunt().shape == (1,)
    made.close()


def outer_pid(worker: WorkerProcess) -> int:
    info = Path(f"/proc/self/fdinfo/{worker._signals}").read_text()
    return int(info.partition("Pid:")[2].split()[0])


def may_have_users() -> bool:
    """Whether the user that workers run as may make a user namespace here."""
    code = (
        "import ctypes, os, sys\n"
        "os.geteuid() or os.setresuid(65534, 65534, 65534)\n"
        "sys.exit(ctypes.CDLL(None).unshare(0x10000000) != 0)\n"
    )
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_threads_of_one_graders_workers_leave_those_of_another_alone():
    """The kernel counts by user, and both graders' workers are ``nobody``."""
    source = """
        import threading
        import numpy as np

        threading.stack_size(64 << 10)
        done = threading.Event()

        def hunt(wanted):
            count = 0
            try:
                for count in range(int(wanted)):
                    threading.Thread(target=done.wait, daemon=True).start()
            except RuntimeError:
                pass
            return np.array([count])
    """
    if not may_have_users():
        pytest.skip("this machine allows no user namespace")
    with ForkServer() as one, ForkServer() as other:
        holding, beside = student(one, source), student(other, source)
        assert holding.hunt(np.array(400)).item() > 200
        assert beside.hunt(np.array(400)).item() > 200
        holding.close()
        beside.close()


def test_a_limit_of_the_machine_below_ours_is_no_fault(kit: Kit):
    code = 'ulimit -t 40; exec "$0" -m autograder grade reference --only naive'
    done = subprocess.run(
        ["/bin/sh", "-c", code, sys.executable],
        cwd=kit.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "5 / 5" in done.stdout


def test_a_worker_that_does_not_start_is_no_fault_of_the_student(kit: Kit, monkeypatch):
    def refuse(_: WorkerProcess) -> None:
        raise ConfinementError("no process could be had")

    monkeypatch.setattr(WorkerProcess, "greet", refuse)
    with Grader(kit) as grader, pytest.raises(UnconfinedError, match="no process could be had"):
        grader.grade(read_submission(kit.root / "reference", kit.files), 1)


def test_python_in_a_folder_with_a_space(tmp_path: Path):
    """Where shared libraries lie is read from a table whose columns are spaces."""
    folder = tmp_path / "my course"
    folder.mkdir()
    (libs := folder / "libs").mkdir()
    made = folder / "probe.py"
    made.write_text(
        "import mmap, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "import numpy\n"
        "from pathlib import Path\n"
        "from autograder.sandbox.readable import Readable\n"
        "lib = open(sys.argv[2] + '/a b.so', 'w+b'); lib.write(b'x' * 4096); lib.flush()\n"
        "held = mmap.mmap(lib.fileno(), 0)\n"
        "assert Path(sys.argv[2]) in Readable.python(['numpy']).trees\n"
    )
    done = subprocess.run(
        [sys.executable, made, Path(__file__).parent.parent, libs],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_nobody_looks_into_the_server_or_a_worker():
    """Workers are the server's user, so what is open to that user would be open to them."""
    with ForkServer() as server:
        assert server.facts["seccomp"]
        worker = server.spawn(Limits(1 << 28, 10))
        worker.greet()
        pids = _tree(server._process.pid)
        status = {pid: Path(f"/proc/{pid}/status").read_text() for pid in pids}
        given_up = {pid for pid, text in status.items() if "NoNewPrivs:\t1" in text}
        assert outer_pid(worker) in given_up
        assert len(given_up) >= 2  # and the server
        for pid in given_up:
            # Files of a process that may not be looked into are root's, whoever it runs as.
            assert f"\nUid:\t{os.geteuid() or 65534}\t" in status[pid] or not status[pid]
            assert Path(f"/proc/{pid}/mem").stat().st_uid == 0
        worker.end()


def test_every_process_of_a_server_is_in_its_control_group():
    with ForkServer() as server:
        if not server.facts["cgroup"]:
            pytest.skip("this user may make no control group here")
        assert server._group is not None
        name = server._group._folder.name
        worker = server.spawn(Limits(1 << 28, 10))
        worker.greet()
        pids = _tree(server._process.pid)
        assert outer_pid(worker) in map(int, pids)
        assert all(name in Path(f"/proc/{pid}/cgroup").read_text() for pid in pids)
        worker.end()


def test_a_fork_server_that_dies_ends_the_grading_and_costs_nobody_a_point(kit: Kit):
    descriptors = set(Path("/proc/self/fd").iterdir())
    with Grader(kit, ["naive"]) as grader:
        right = read_submission(kit.root / "reference", kit.files)
        grader.grade(right, 1)
        for pid in _tree(grader._server._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        grader._server._process.wait()
        with pytest.raises(UnconfinedError, match="could not be confined"):
            grader.grade(right, 1)
        with pytest.raises(UnconfinedError, match="could not be confined"):
            grader.read(kit.root / "examples/zipped.zip")
    assert set(Path("/proc/self/fd").iterdir()) == descriptors


def test_a_worker_that_ended_leaves_nothing_for_the_garbage_collector(server):
    """Thousands of them would be most of a batch's memory."""
    worker = server.spawn(Limits(64 << 20, 5))
    worker.greet()
    gone = weakref.ref(worker)
    worker.end()
    gc.disable()
    try:
        del worker
        assert gone() is None
    finally:
        gc.enable()


def test_where_only_another_user_keeps_files_the_submissions_must_be_closed(
    kit: Kit, open_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    """Beside one that student code can read lie those of others."""
    (open_folder / "naive.py").write_text("x = 1\n")
    alone = {"landlock": None, "seccomp": True, "namespaces": [], "user": "nobody"}
    with Grader(kit, ["naive"]) as grader:
        monkeypatch.setattr(grader._reader, "confinement", Confinement(**alone))
        with pytest.raises(UnconfinedError, match="what lies beside it"):
            grader.read(open_folder / "naive.py")
        open_folder.chmod(0o700)
        assert grader.read(open_folder / "naive.py").files == ["naive.py"]


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(p for child in children for p in _tree(int(child)))]


def test_one_worker_cannot_have_all_threads_of_a_machine_with_few():
    """Two exercises: the first holds as many threads as it gets, the second needs a worker."""
    hog = (
        "import threading\n"
        "def hold():\n    threading.Event().wait()\n"
        "try:\n"
        "    for _ in range(400): threading.Thread(target=hold, daemon=True).start()\n"
        "except RuntimeError: pass\n"
    )
    right = (ROOT / "reference/online.py").read_text()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "online.py").write_text(right + hog)
        script = 'ulimit -u 200; exec "$0" -m autograder grade "$1" --only online'
        done = subprocess.run(
            ["/bin/sh", "-c", script, sys.executable, folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr


def test_processor_time_is_limited(server):
    code = StudentCode(
        [Source("exercises/hunt.py", "def hunt():\n    while True: pass\n")], {"hunt": 0}
    )
    limits = Limits(64 << 20, 1)
    made = Student(
        Work("hunt", "exercises/hunt.py", {"hunt": "array"}, {}, code, server, Clock(30), limits)
    )
    made.begin_test()
    with pytest.raises(Verdict) as verdict:
        made.hunt()
    made.close()
    assert verdict.value.status == "timeout"


def test_what_is_in_force_is_told_as_it_is():
    with ForkServer() as all_of_it, ForkServer(("namespaces", "landlock")) as some:
        assert all_of_it.facts["seccomp"]
        assert all_of_it.facts["landlock"] or "mount" in all_of_it.facts["namespaces"]
        assert some.facts["landlock"] is None
        assert some.facts["namespaces"] == []
        assert [m.partition(":")[0] for m in some.missing][:2] == ["namespaces", "landlock"]


def test_a_machine_that_cannot_confine_is_refused(kit: Kit):
    with pytest.raises(UnconfinedError, match="--unconfined"), Grader(kit, without=NOTHING):
        pass
    with Grader(kit, unconfined=True, without=NOTHING) as grader:
        assert [f.severity for f in grader._reader.warnings] == ["warning"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can get at."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_what_counts_as_confined(open_folder: Path, tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    def why(**facts: object) -> str | None:
        base = {"landlock": None, "seccomp": True, "namespaces": [], "user": "nobody"}
        return _why_unconfined(Confinement(**{**base, **facts}), [closed, open_folder])

    assert why(landlock=1) is None
    assert why(namespaces=["user", "mount", "pid"]) is None
    assert why(landlock=7, seccomp=False)
    assert why(namespaces=["pid"])
    # Another user counts only over files that it cannot read.
    assert why()
    open_folder.chmod(0o700)
    assert why() is None
    assert why(user="alice")


def test_nothing_is_left_when_the_grader_is_killed(tmp_path: Path):
    script = tmp_path / "grader.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys, time
            from autograder.sandbox.client import ForkServer
            from autograder.sandbox.confine import Limits
            server = ForkServer()
            workers = [server.spawn(Limits(1 << 28, 10)) for _ in range(3)]
            print("up", flush=True)
            time.sleep(600)
            """
        )
    )
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    ours = descendants(process.pid)
    assert len(ours) >= 4
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    for pid in ours:
        wait_for_the_end_of(pid)


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found |= {int(entry.name)} | descendants(int(entry.name))
    return found


def wait_for_the_end_of(pid: int) -> None:
    """Block until a process that is no child of ours is gone (pidfd: no polling, no race)."""

    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(fd):
        assert select.select([fd], [], [], 20)[0], f"process {pid} is still there"


TORCH = """
    import numpy, torch, triton
    from autograder.sandbox.confine import Confinement, Limits
    from autograder.sandbox.profiles import PROFILES

    torch.set_num_threads(1)
    made = Confinement(PROFILES["record"])
    made.enter(Limits(1 << 30, 60), keep=2)
    x = torch.randn(100, 100, requires_grad=True)
    torch.softmax(x @ x.T, -1).sum().backward()
    torch.linalg.svd(x.detach()), torch.fft.fft(torch.ones(4))
    torch.nn.Conv2d(3, 8, 3)(torch.randn(2, 3, 8, 8))
    q = torch.randn(1, 2, 8, 16)
    torch.nn.functional.scaled_dot_product_attention(q, q, q)
    torch.randn(64, dtype=torch.bfloat16).sum().item()
    torch.set_num_threads(2)
    print("done", float((torch.ones(300, 300) @ torch.ones(300, 300))[0, 0]))
"""


def test_pytorch_computes_under_the_same_filter():
    """The allow-list of system calls is right for it too."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(TORCH)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "done 300.0\n", done.stderr


def test_a_spare_that_died_is_replaced(kit: Kit):
    """As where the machine's memory ran out while it waited: nobody is graded by it."""
    with Grader(kit, ["naive"]) as grader:
        right = read_submission(kit.root / "reference", kit.files)
        assert grader.grade(right, 1).score == 5
        (spare,) = grader._server._spares.values()
        fd = os.pidfd_open(spare._pipe.peer())
        signal.pidfd_send_signal(fd, signal.SIGKILL)
        with os.fdopen(fd):
            assert select.select([fd], [], [], 20)[0]
        assert grader.grade(right, 1).score == 5
