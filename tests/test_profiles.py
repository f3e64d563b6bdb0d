"""What workers of Triton tasks can reach, in each set of protections.

Those that run vetted kernels alone are given code here that no vetting would let pass: they can
load it as any worker can, but no grader asks them to.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.expect import Verdict
from autograder.sandbox import wire
from autograder.sandbox.client import ForkServer
from autograder.sandbox.confine import Limits
from tests.conftest import ROOT
from tests.test_confinement import (
    MODES,
    NOTHING,
    _tree,
    descendants,
    hunt,
    student,
    wait_for_the_end_of,
)

triton = pytest.importorskip("triton")
pytest.importorskip("torch")
pytest.importorskip("cuda.bindings")

KINDS = ("record", "interpret", "compile", "card")
PTXAS = Path(triton.__file__).parent / "backends/nvidia/bin/ptxas"
PACKAGES = Path(pytest.__file__).parents[1]


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[ForkServer]:
    kind, mode = request.param
    with ForkServer(MODES[mode], kind) as server:
        yield server
        # It hears of the grader's end, and leaves nothing.
        server._control.close()
        server._process.wait()
        if server._scratch:
            assert not list(Path(server._scratch.name).iterdir())
    assert not server._scratch or not Path(server._scratch.name).exists()


def in_modes(*kinds: str, modes: object = MODES) -> pytest.MarkDecorator:
    pairs = [(kind, mode) for kind in kinds for mode in modes]
    ids = [f"{kind}, {mode}" for kind, mode in pairs]
    return pytest.mark.parametrize("server", pairs, ids=ids, indirect=True, scope="module")


# ------------------------------------------------------------------ what none may do

# Of what is said in braces, a test says what it is; each of `victims` is a file of its own, which
# everybody may write.
ATTEMPTS = {
    "read a file": "open('/etc/passwd').read()",
    "read hidden tests": "open('{root}/hidden_tests/test_naive.py').read()",
    "read the grader": "open('{root}/autograder/expect.py').read()",
    "read pytest": "open('{packages}/pytest/__init__.py').read()",
    "read pydantic": "open('{packages}/pydantic/__init__.py').read()",
    "read PyTorch": "open('{packages}/torch/__init__.py').read()",
    "list packages": "'pytest' in os.listdir('{packages}') or refuse()",
    "list temporary files": "'{victims}'[5:] in os.listdir('/tmp') or refuse()",
    "read an environment": "open(f'/proc/{{os.getppid()}}/environ').read()",
    "read a memory": "open(f'/proc/{{os.getppid()}}/mem', 'rb').read(0)",
    "write a file": "open('{victims}/new', 'w')",
    "write a file of everybody's": "open('{victims}/0', 'w')",
    "write beside Python": "os.open(os.__file__, os.O_WRONLY)",
    "write beside NumPy": "os.open(np.__file__, os.O_RDWR)",
    "write beside Triton": "os.open(triton.__file__, os.O_WRONLY)",
    "cut a file off": "os.truncate('{victims}/1', 0)",
    "cut a file off that is only read": "os.open('{victims}/2', os.O_TRUNC)",
    "cut a file off that is not even read": "os.open('{victims}/2', os.O_TRUNC | 3)",
    "change rights": "os.chmod('{victims}/3', 0o777)",
    "change times": "os.utime('{victims}/3')",
    "take a file away": "os.unlink('{victims}/4')",
    "move a file": "os.rename('{victims}/5', '{victims}/6')",
    "link to a file": "os.symlink('{victims}/5', '{victims}/7')",
    "make a folder": "os.mkdir('{victims}/folder')",
    "make a named pipe": "os.mkfifo('{victims}/pipe')",
    "make an anonymous file": "os.memfd_create('x')",
    "make a socket": "socket.socket()",
    "make a pair of sockets": "socket.socketpair()",
    "share memory": "mmap.mmap(-1, 1 << 16)",
    "signal its parent": "os.kill(os.getppid(), 0)",
    "signal itself": "os.kill(os.getpid(), 0)",
    "be told by signals": "fcntl.fcntl(0, 8, os.getppid())",
    "trace its parent": "zero(libc.ptrace(0x4206, os.getppid(), 0, 0))",
    "find a process by descriptor": "os.pidfd_open(os.getppid())",
    "change its parent's limits": "resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))",
    "change its limits": "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
    "move its parent": "os.sched_setaffinity(os.getppid(), os.sched_getaffinity(0))",
    "slow its parent down": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 1)",
    "leave its group": "zero(libc.setpgid(0, 0)) if os.getpgid(0) != os.getpid() else refuse()",
    "be looked into": "zero(libc.prctl(4, 1, 0, 0, 0))",
    "be root": "os.setuid(0)",
    "have a child with users of its own": "child(libc.syscall(CLONE, 0x10000011, 0, 0, 0, 0))",
    "have users of its own": "zero(libc.unshare(0x10000000))",
    "run a program": "os.posix_spawn('/bin/true', ['true'], {{}})",
    "run Python": "os.posix_spawn('{python}', ['python', '-c', ''], {{}})",
    "make a pipe": "os.pipe()",
    "fork": "child(os.fork())",
}
# What a group's leader may not do, which each worker is; and what only a worker with PyTorch may.
NEVER = {"leave its group"}
ALLOWED = {
    "record": {"read PyTorch"},
    "interpret": set[str](),
    "compile": {"make a pipe", "fork"},
    # Memory that it shares with a card, and what a driver's threads wait on.
    "card": {"read PyTorch", "make an anonymous file", "share memory", "make a pipe"},
}

TRY = """
import ctypes, fcntl, mmap, os, resource, socket
import numpy as np
try:
    import triton
except ImportError:  # on a card it is not there
    triton = np

libc = ctypes.CDLL(None, use_errno=True)
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]

def refuse():
    raise OSError

def zero(result):
    return result == 0 or refuse()

def child(pid):
    if pid == 0:
        os._exit(0)
    return pid > 0 or refuse()

def succeeds(attempt):
    try:
        exec(attempt, globals())
    except OSError:
        return False
    return True

def hunt():
    return np.array([succeeds(a) for a in ATTEMPTS])
"""


def attempts(victims: Path) -> str:
    names = {"root": ROOT, "packages": PACKAGES, "python": sys.executable, "victims": victims}
    return f"ATTEMPTS = {[a.format(**names) for a in ATTEMPTS.values()]}\n{TRY}"


@pytest.fixture
def victims() -> Iterator[Path]:
    """A folder in which everybody may do everything."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o777)
        for number in range(6):
            (folder / str(number)).write_text("x")
            (folder / str(number)).chmod(0o666)
        yield folder


@in_modes(*KINDS)
def test_refused(server, victims, request):
    kind = request.node.callspec.params["server"][0]
    succeeded = hunt(server, attempts(victims)).tolist()
    done = {name for name, done in zip(ATTEMPTS, succeeded, strict=True) if done}
    assert done == ALLOWED[kind]
    assert sorted(p.name for p in victims.iterdir()) == list("012345")
    assert all(p.read_text() == "x" for p in victims.iterdir())


def test_the_attempts_succeed_where_nothing_is_in_the_way(victims):
    with ForkServer(NOTHING, "interpret") as server:
        succeeded = hunt(server, attempts(victims)).tolist()
    failed = {name for name, done in zip(ATTEMPTS, succeeded, strict=True) if not done}
    assert failed == NEVER


def test_the_filter_of_system_calls_alone_lets_nothing_be_written(victims):
    """Landlock before its third version does not see that a file is cut off, nor any new rights."""
    names = list(ATTEMPTS)
    writing = names[names.index("write a file") : names.index("make a socket")]
    with ForkServer(("namespaces", "landlock", "user"), "interpret") as server:
        succeeded = hunt(server, attempts(victims)).tolist()
    done = {name for name, done in zip(ATTEMPTS, succeeded, strict=True) if done}
    assert "read a file" in done
    assert not done.intersection(writing)


@in_modes(*KINDS)
def test_the_environment_is_empty(server):
    source = """
        import ctypes, itertools
        import numpy as np
        def hunt():
            environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
            there = [name for name in itertools.takewhile(bool, environ)] if environ else []
            there = [pair.partition(b"=")[0] for pair in there]
            return np.frombuffer(b" ".join(there) or b"none", np.uint8)
    """
    expected = b"TMPDIR" if server._scratch else b"none"
    assert hunt(server, source).tobytes() == expected


# ------------------------------------------------------------------ what host functions need

HOST = """
import contextlib, dataclasses, functools, logging, math, warnings
import numpy as np
import torch, triton
import torch.nn.functional as F
import triton.language as tl
from torch import Tensor, nn
from triton.language.extra import libdevice
from triton.tools.tensor_descriptor import TensorDescriptor

@triton.jit
def copy(x, y, BLOCK: tl.constexpr):
    tl.store(y + tl.arange(0, BLOCK), tl.load(x + tl.arange(0, BLOCK)))

class Function(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.empty_like(x)

@torch.compile(fullgraph=True)
@torch.compiler.disable
@torch.inference_mode()
@torch.no_grad()
@functools.lru_cache
def hunt(x):
    torch.manual_seed(0), torch.cuda.manual_seed(0), torch.set_float32_matmul_precision("high")
    torch.finfo(x.dtype).min, torch.iinfo(torch.int32).max, torch.get_default_dtype()
    torch.promote_types(torch.float16, x.dtype), torch.result_type(x, 1.0), torch.is_tensor(x)
    torch.compiler.is_compiling(), torch.jit.is_scripting(), torch.backends.cuda.matmul.allow_tf32
    x.unflatten(1, (2, 4)), x.movedim(0, 1), x.narrow(0, 0, 2), x.as_strided((2, 2), (1, 1))
    x.chunk(2), torch.unbind(x), list(x), torch.broadcast_to(x[:1], (4, 8)), x.repeat_interleave
    x.half().float(), x.bfloat16(), x.type(torch.float16), x.type_as(x.half()), x.cuda()
    x.nbytes, x.element_size(), x.untyped_storage().nbytes(), x.data_ptr(), repr(x), hash(x)
    nn.Parameter(torch.empty(4, device="cuda")), Function.apply(x), torch.ops.aten.empty
    torch.full((4,), -math.inf, device=x.device), torch.zeros(1, dtype=torch.int32, device="cuda")
    triton.runtime.driver.active.get_current_target().backend == "hip"
    copy.warmup(x, x, BLOCK=32, grid=(1,)).metadata.shared
    triton.set_allocator(lambda size, align, stream: torch.empty(size, device="cuda"))
    TensorDescriptor.from_tensor(x, [2, 8])
    torch.amp.custom_fwd(hunt, device_type="cuda")
    properties = torch.cuda.get_device_properties(x.device)
    with torch.cuda.device(x.device), torch.autocast("cuda"), torch.device("cuda"):
        y = torch.empty(4, 8)
    torch.cuda.current_stream().cuda_stream, torch.cuda.Event(enable_timing=True).record()
    copy[(triton.cdiv(properties.multi_processor_count, 132),)](x, y, BLOCK=32)
    return y
"""


@in_modes("record", modes=["all"])
def test_what_host_functions_use_is_imported_already(server):
    """A worker finds nothing of PyTorch's that its server has not found before."""
    worker = server.spawn(Limits(256 << 20, 30))
    worker.greet()
    body: list[memoryview] = []
    path, deadline = "gpu_tasks/hunt.py", time.monotonic() + 30
    source = {"path": path, "text": wire.pack(HOST, body), "notebook": False}
    load = {"op": "load", "sources": [source], "modules": {"hunt": 0}, "module": "hunt"}
    worker.tell(load, body, deadline)
    assert worker.hear(deadline, 1 << 20)[0]["op"] == "loaded"
    args = [{"tensor": ["float32", [4, 8], [8, 1]]}]
    call = {
        "op": "record",
        "function": "hunt",
        "path": path,
        "notebook": False,
        "args": args,
        "kwargs": {},
    }
    worker.tell(call, [], deadline)
    answer, _ = worker.hear(deadline, 1 << 20)
    worker.end()
    assert answer["op"] == "recorded", answer


# ------------------------------------------------------------------ what compilers may do

RUN = f"""
import os, subprocess, sys
import numpy as np

PTXAS, LINKER, HOME = {str(PTXAS)!r}, {{linker!r}}, os.environ["TMPDIR"]

def runs(*command):
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False

def attempt(work):
    try:
        work()
    except OSError:
        return False
    return True

def text(value):
    return np.frombuffer(os.fsencode(value), np.uint8).copy()

def path(array):
    return os.fsdecode(array.tobytes())
"""


def linker() -> str:
    """What starts the programs of this machine; a program itself."""
    found = re.search(rb"/lib[\w/.-]*/ld-[\w.-]+", Path(sys.executable).read_bytes()[: 1 << 12])
    assert found
    return os.fsdecode(found[0])


def compiling(source: str) -> str:
    return RUN.format(linker=linker()) + textwrap.dedent(source)


@in_modes("compile")
def test_a_compiler_starts_the_programs_of_its_packages_and_no_others(server):
    libraries = Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib"), Path("/usr/lib")
    others = [
        *(sys.executable, "/bin/sh", "/usr/bin/env"),
        *(str(p) for folder in libraries for p in folder.glob("*/*/*") if is_program(p)),
    ][:20]
    source = f"""
        def hunt():
            other = [runs(name, "--version") for name in {others}]
            return np.array([runs(PTXAS, "--version"), any(other)])
    """
    ptxas, other = hunt(server, compiling(source)).tolist()
    assert ptxas
    # In a mount namespace those that lie beside a shared library that is needed are there too.
    assert not other or not server.facts["landlock"]


def is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK) and ".so" not in path.name


@in_modes("compile")
def test_what_a_compiler_writes_is_no_program(server):
    source = """
        import shutil

        def hunt():
            made = os.path.join(HOME, "program")
            with open(LINKER, "rb") as original, open(
                os.open(made, os.O_CREAT | os.O_WRONLY, 0o755), "wb"
            ) as copy:
                shutil.copyfileobj(original, copy)
            return np.array([os.access(LINKER, os.X_OK), runs(LINKER, "--version"),
                             runs(made, "--version"), runs(LINKER, made, "--version")])
    """
    can, original, copy, by_hand = hunt(server, compiling(source)).tolist()
    assert can
    assert original
    assert not copy
    assert not by_hand or not server.facts["namespaces"]


@in_modes("compile")
def test_what_a_compiler_writes_is_its_own_and_goes_with_it(server):
    source = """
        def hunt(*others):
            if others and others[0].ndim == 0:
                return text(HOME) if others[0] else os._exit(3)
            with open(os.path.join(HOME, "written"), "w") as file:
                file.write("x")
            beside = os.path.dirname(HOME)
            there = [os.path.exists(os.path.join(path(o), "written")) for o in others]
            return np.array([attempt(lambda: os.listdir(beside)),
                             attempt(lambda: os.mkdir(os.path.join(beside, "common"))),
                             attempt(lambda: os.chmod(beside, 0o700)), *there])
    """
    one, other = student(server, compiling(source)), student(server, compiling(source))
    lists, makes, changes = one.hunt().tolist()
    assert not lists
    assert not changes
    assert not makes or not server.facts["landlock"]
    # One that is told where another writes can look; it has no way to find out.
    home = one.hunt(np.array(1))
    assert other.hunt(home).tolist()[-1]
    assert other.hunt(np.array(1)).tobytes() != home.tobytes()
    with pytest.raises(Verdict):
        one.hunt(np.array(0))  # when its end is known, it has been cleaned up after
    assert not other.hunt(home).tolist()[-1]
    one.close()
    other.close()


# A program that cannot go on, because what it says is not read.
STUCK = """
    def hunt():
        global reads
        reads, writes = os.pipe()
        os.write(writes, bytes(1 << 16))
        subprocess.Popen([PTXAS, "--help"], stdout=writes)
        return np.array([1])
"""


def started(server: ForkServer) -> list[int]:
    """Its programs that run, or have ended and nobody asked how."""
    pids = _tree(server._process.pid)
    return [p for p in pids if Path(f"/proc/{p}/comm").read_text() == "ptxas\n"]


@in_modes("compile")
def test_a_program_ends_with_its_worker_and_has_its_limits(server):
    made = student(server, compiling(STUCK), memory_mb=128)
    made.hunt()
    (pid,) = started(server)
    proc = Path(f"/proc/{pid}")
    limits = {
        line[:26].strip(): line[26:].split()[:2]
        for line in (proc / "limits").read_text().splitlines()
    }
    assert limits["Max cpu time"] == ["30", "31"]
    assert limits["Max file size"] == [str(64 << 20)] * 2
    assert limits["Max core file size"] == ["0", "0"]
    data = int(limits["Max data size"][1])
    assert 128 << 20 < data < 256 << 20
    status = (proc / "status").read_text()
    assert "Seccomp:\t2" in status
    assert "NoNewPrivs:\t1" in status
    assert "CapEff:\t0000000000000000" in status
    made.close()
    wait_for_the_end_of(pid)


@in_modes("compile")
def test_a_program_ends_when_its_worker_ends_by_itself(server):
    made = student(server, compiling(f"{textwrap.dedent(STUCK)}\ndef pair():\n    os._exit(3)"))
    made.hunt()
    (pid,) = started(server)
    with pytest.raises(Verdict, match="exit status 3"):
        made.pair()
    wait_for_the_end_of(pid)
    # Nothing of it is left in the server's table of processes once the next one has ended.
    another = student(server, compiling("def hunt():\n    os._exit(3)"))
    with pytest.raises(Verdict, match="exit status 3"):
        another.hunt()
    assert not started(server)


@pytest.mark.parametrize("mode", ["all", "no namespaces"])
def test_a_program_ends_with_the_server(mode):
    with ForkServer(MODES[mode], "compile") as server:
        made = student(server, compiling(STUCK))
        made.hunt()
        (pid,) = started(server)
        everything = descendants(server._process.pid)
        innermost = max(everything - {pid}, key=lambda p: len(descendants(p)))
        os.kill(innermost if mode == "all" else server._process.pid, signal.SIGKILL)
        for each in everything:
            wait_for_the_end_of(each)
    assert not Path(server._scratch.name).exists()


@in_modes("compile")
def test_a_compilers_files_are_limited(server):
    source = """
        def hunt():
            pid = os.fork()
            if not pid:
                fits = attempt(lambda: os.truncate(open(HOME + "/x", "wb").fileno(), 1 << 20))
                with open(HOME + "/y", "wb", buffering=0) as file:
                    written = sum(file.write(bytes(1 << 20)) for _ in range(63))
                    more = attempt(lambda: [file.write(bytes(1 << 20)) for _ in range(2)])
                os._exit(2 * (written == 63 << 20) + more)
            return np.array([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])])
    """
    assert hunt(server, compiling(source)).tolist() == [2]


OLD_LANDLOCK = """
import landlock
from landlock import plumbing

landlock.landlock_abi_version = plumbing.landlock_abi_version = lambda: 1
from autograder.sandbox.confine import Confinement, Limits
from autograder.sandbox.profiles import PROFILES
from autograder.triton_tasks.compiler import compile_kernel
from autograder.triton_tasks.compiling import CompilingWorker, _everyday
from autograder.triton_tasks.program import Choice, Tensor

def compiled():
    one = Tensor(0, "float32", (1,), (1,))
    choice = Choice((1, 1, 1), {"x_ptr": one, "BLOCK": 256}, {})
    return compile_kernel({"_everyday": _everyday}, "_everyday", choice, 90)

before = compiled()
made = Confinement(PROFILES["compile"], without=["namespaces", "seccomp"])
assert made.facts["landlock"] == 1, made.missing
made.enter(Limits(1 << 29, 10), keep=63)
assert compiled() == before
"""


def test_kernels_compile_under_the_first_version_of_landlock(tmp_path):
    """Linux 5.13 to 5.18, where no file may be moved from one folder to another."""
    scratch = tempfile.mkdtemp(dir="/tmp")
    done = subprocess.run(
        [sys.executable, "-c", OLD_LANDLOCK],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": scratch, "TRITON_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(scratch)
    assert done.returncode == 0, done.stderr


# ------------------------------------------------------------------ what a card's driver may do

DRIVER = """
import ctypes, errno, fcntl, mmap, os, resource, socket, threading
import numpy as np

libc = ctypes.CDLL(None, use_errno=True)

def why(attempt):
    try:
        exec(attempt, globals())
    except OSError as error:
        return error.errno
    return 0

def named():
    # As the C library names another thread: by its file, for prctl names one's own only.
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    with open(f"/proc/self/task/{thread.native_id}/comm", "r+") as file:
        file.write("of a driver")
    with open(f"/proc/self/task/{thread.native_id}/comm") as file:
        name = file.read()
    done.set()
    thread.join()
    return name == "of a driver\\n"

def hunt():
    return np.array([why(a) for a in ATTEMPTS])
"""
# What each comes to: the number of its error, 0 if it succeeds.
OF_A_DRIVER = {
    "assert named()": 0,
    "assert libc.prctl(15, b'x', 0, 0, 0) == 0": 0,
    "open('/proc/self/maps').read()": 0,
    "open('/proc/cpuinfo').read()": 0,
    "open('/proc/meminfo').read()": 0,
    "os.listdir('/sys/devices/system/cpu')": 0,
    "os.listdir('/sys/devices/system/node')": 0,
    # Requests of NVIDIA's get to the kernel, which says that this is no such device.
    "fcntl.ioctl(0, 0xC020462A)": errno.ENOTTY,
    "fcntl.ioctl(0, 0x30000001)": errno.ENOTTY,
    "fcntl.ioctl(0, 25)": errno.ENOTTY,
    "fcntl.ioctl(0, 0x5412, b'x')": errno.ENOSYS,  # TIOCSTI
    "fcntl.ioctl(0, 0x8924)": errno.ENOSYS,  # SIOCSIFHWADDR
    # Nobody shares a card with it, whether there is a server for that or not.
    "socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).connect('/tmp/x')": errno.ENOENT,
    "socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).bind('/tmp/x')": errno.EPERM,
    "socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)": errno.ENOSYS,
    "socket.socket(socket.AF_INET, socket.SOCK_SEQPACKET)": errno.ENOSYS,
    "os.open('/proc/self/comm', os.O_RDWR | os.O_CREAT)": errno.EPERM,
    "os.open('/proc/self/task', os.O_RDWR | os.O_TRUNC)": errno.EPERM,
    "os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'0')": errno.EACCES,
    "os.write(os.open('/proc/1/comm', os.O_WRONLY), b'x')": errno.EACCES,
    "os.write(os.open('/proc/sys/kernel/hostname', os.O_WRONLY), b'x')": errno.EACCES,
    "os.eventfd(0)": 0,
    "os.ftruncate(os.memfd_create('x'), 1 << 20)": 0,
    "os.ftruncate(os.memfd_create('x'), 1 << 40)": errno.EFBIG,
    "os.kill(os.getpid(), 0)": errno.EPERM,
    "os.sched_setaffinity(0, [0])": errno.EPERM,
}


@in_modes("card")
def test_what_a_driver_does_when_it_starts(server):
    # A limit of the size of a file is told by a signal, which is not to end this worker.
    source = f"import signal\nATTEMPTS = {list(OF_A_DRIVER)}\n{DRIVER}"
    source += "\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    got = dict(zip(OF_A_DRIVER, hunt(server, source).tolist(), strict=True))
    assert got == OF_A_DRIVER


@in_modes("card", modes=["all"])
def test_only_processes_of_its_own_namespace_are_there(server):
    source = """
        import os
        import numpy as np
        def hunt():
            return np.array([int(n) for n in os.listdir("/proc") if n.isdigit()])
    """
    there = hunt(server, source).tolist()
    assert min(there) == 1
    assert len(there) <= 1 + 2 * 3  # the server, workers and spares of this module's tests


@in_modes("card", modes=["all"])
def test_the_limits_that_a_driver_needs(server):
    source = """
        import resource
        import numpy as np
        def hunt():
            limits = [getattr(resource, f"RLIMIT_{n}") for n in ("AS", "NOFILE", "CORE", "FSIZE")]
            return np.array([resource.getrlimit(limit)[0] for limit in limits])
    """
    addresses, files, core, size = hunt(server, source).tolist()
    assert addresses == -1
    assert files == 1024
    assert core == 0
    assert size == 256 << 20


FAKE_DEVICE = """
import os, stat, sys
from pathlib import Path

from autograder.sandbox import readable
from autograder.sandbox.confine import Confinement, Limits
from autograder.sandbox.profiles import PROFILES
import numpy, torch, cuda.bindings.driver, cuda.pathfinder

readable.DEV = Path(sys.argv[1])
made = Confinement(PROFILES["card"], without=sys.argv[2:])
assert made.facts["landlock"] or made.facts["namespaces"], made.missing
made.enter(Limits(1 << 29, 10), keep=63)

def refused(*args):
    try:
        os.open(*args)
    except OSError:
        return True

for name in "nvidia0", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-caps/nvidia-cap1":
    device = os.open(readable.DEV / name, os.O_RDWR)
    assert stat.S_ISCHR(os.fstat(device).st_mode)
    assert os.write(device, b"x") == 1
assert refused(readable.DEV / "other", os.O_RDWR)
assert refused(readable.DEV / "nvidia-modeset", os.O_RDWR)
assert refused(readable.DEV / "nvidia0", os.O_RDWR | os.O_CREAT)
assert refused(readable.DEV / "nvidia-new", os.O_RDWR | os.O_CREAT)
print("held")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
@pytest.mark.parametrize("mode", ["no namespaces", "no landlock"])
def test_devices_of_a_driver_are_there_and_no_others(mode):
    """Each of them is /dev/null here, by another name."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        (folder / "nvidia-caps").mkdir()
        names = "nvidia0 nvidiactl nvidia-uvm nvidia-uvm-tools nvidia-caps/nvidia-cap1 other"
        try:
            for each in (*names.split(), "nvidia-modeset"):
                os.mknod(folder / each, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
                (folder / each).chmod(0o666)
            os.close(os.open(folder / "other", os.O_RDWR))
        except OSError as error:
            pytest.skip(f"devices cannot be made and opened here: {error}")
        for place in (folder, folder / "nvidia-caps"):
            place.chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-c", FAKE_DEVICE, folder, *MODES[mode]],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "held\n", done.stderr
