"""What a launch passes to a kernel, held to what stands in the compiled code; no card is needed.

Kernels are compiled in the confined worker, as they are for a grading.
"""

from __future__ import annotations

import ctypes
import json
import re
import struct
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.expect import Failed, Verdict
from autograder.process import Clock, Work
from autograder.sandbox import wire
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import Source, StudentCode
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.binary import KINDS, Binary, Map, NotABinary, Parameter
from autograder.triton_tasks.program import (
    Argument,
    Choice,
    Descriptor,
    Launch,
    Program,
    Storage,
    Tensor,
)
from autograder.triton_tasks.workers import Built, Compiler, Recorder
from tests.conftest import ROOT

triton = pytest.importorskip("triton")
driver = pytest.importorskip("cuda.bindings.driver")

from autograder.triton_tasks import launcher  # noqa: E402

CUOBJDUMP = Path(triton.__file__).parent / "backends/nvidia/bin/cuobjdump"
BASE = 0x7F00_0000_0000
HEAD = "import triton\nimport triton.language as tl\n"
# A type by the annotation, or none; and what is given.
SCALARS: dict[str, tuple[str, Argument]] = {
    "small": ("", 7),
    "large": ("", 1 << 40),
    "largest": ("", (1 << 63) + 5),
    "negative": ("", -3),
    "truth": ("", True),
    "real": ("", 1.5),
    "nothing": ("", None),
    "one": ("", 1),
    "a": ("tl.int8", -2),
    "b": ("tl.uint8", 200),
    "c": ("tl.int16", -300),
    "d": ("tl.uint16", 60_000),
    "e": ("tl.uint32", 4_000_000_000),
    "f": ("tl.int64", 5),
    "g": ("tl.uint64", 6),
    "h": ("tl.float16", 1.5),
    "i": ("tl.bfloat16", -2.5),
    "j": ("tl.float64", 0.1),
    "k": ("tl.int1", False),
}
NUMBERS = [name for name in SCALARS if name not in ("nothing", "one")]
EVERY = f"""
@triton.jit
def every(x, {", ".join(f"{n}: {kind}" if kind else n for n, (kind, _) in SCALARS.items())},
          y, N: tl.constexpr):
    total = tl.load(x).to(tl.float32) + one{"".join(f" + {n}.to(tl.float32)" for n in NUMBERS)}
    if nothing is None:
        tl.store(y + tl.arange(0, N), total)
"""
MORE = """
@triton.jit
def described(source, n, target, N: tl.constexpr):
    block = source.load([0, 0]) + n
    target.store([0, 0], block)

@triton.jit
def describes(x, rows, N: tl.constexpr):
    seen = tl.make_tensor_descriptor(x, [rows, 64], [64, 1], [N, 64])
    seen.store([0, 0], seen.load([0, 0]) + 1)

@triton.jit
def picky(x, N: tl.constexpr):
    tl.store(x + tl.arange(0, N), 1.0)
"""
X = Tensor(0, "float32", (64, 64), (64, 1), 1)  # four bytes behind an aligned address
HALF = Tensor(0, "float16", (32, 64), (64, 1))


Build = Callable[..., Built]


@pytest.fixture(scope="module")
def build(servers: Servers) -> Build:
    """Compile one launch, of a kernel of these or of a reference's file."""

    def built(kernel: str, *choices: dict[str, Argument], card: int = 90, **more: Any) -> Built:
        text = more.pop("text", HEAD + EVERY + MORE)
        options = more.pop("options", {})
        code = StudentCode([Source("gpu_tasks/t.py", text, False)], {"t": 0}, ["t"])
        work = Work(
            *("t", "gpu_tasks/t.py", {"t": "array"}, {}, code, servers["compile"]),
            *(Clock(100.0, left=100.0), Limits(1 << 30, 100)),
        )
        compiler = Compiler(work, servers, "compile")
        ways = tuple(Choice((1, 1, 1), choice, options) for choice in choices)
        launches = (Launch(kernel, ways),) * more.pop("times", 1)
        program = Program((Storage(1 << 20, 0),), launches, replace(X, offset=0))
        try:
            return compiler.build(program, [1 << 20], 1 << 30, card)
        finally:
            compiler.close()

    return built


def in_the_code(binary: Binary, folder: Path) -> list[tuple[int, int]]:
    """Offset and size of each parameter, as the compiled code itself has it."""
    path = folder / "kernel.cubin"
    path.write_bytes(binary.code)
    text = subprocess.run([CUOBJDUMP, "-elf", path], capture_output=True, text=True).stdout
    found = re.findall(r"Ordinal : (\w+)\s+Offset\s+: (\w+)\s+Size\s+: (\w+)", text)
    numbers = sorted({tuple(int(n, 16) for n in each) for each in found})
    assert [ordinal for ordinal, _, _ in numbers] == list(range(len(numbers)))
    return [(offset, size) for _, offset, size in numbers]


def passed(binary: Binary, arguments: dict[str, Argument]) -> list[Any]:
    """What a launch passes, with the two pointers at the end."""

    def address(tensor: Tensor) -> int:
        return BASE + tensor.offset * 4

    def encode(seen: Map, value: Descriptor, address: int) -> Any:
        return launcher.TensorMap.empty()

    made = launcher.values(binary, arguments, address, encode)
    return [*made, ctypes.c_uint64(0), ctypes.c_uint64(0)]


def expect_fits(binary: Binary, arguments: dict[str, Argument], folder: Path) -> None:
    given = [ctypes.sizeof(value) for value in passed(binary, arguments)]
    there = in_the_code(binary, folder)
    assert given == [size for _, size in there]
    end = 0
    for offset, size in there:  # as C would lay them out, a tensor map at 64
        assert offset == -(-end // min(size, 64)) * min(size, 64) or size == 128
        end = offset + size


@pytest.mark.parametrize("card", [75, 90])
def test_every_type_of_a_number(build: Build, card: int, tmp_path: Path):
    arguments = {"x": X, **{n: value for n, (_, value) in SCALARS.items()}, "y": X, "N": 16}
    ((way,),) = build("every", arguments, card=card)
    number, binary = way
    assert number == 0
    assert [p.name for p in binary.parameters] == ["x", *NUMBERS, "y"]
    assert {p.kind for p in binary.parameters} == set(KINDS) - {"descriptor"}
    expect_fits(binary, arguments, tmp_path)
    got = {
        p.name: bytes(value)
        for p, value in zip(binary.parameters, passed(binary, arguments), strict=False)
    }
    assert got == {
        "x": struct.pack("<Q", BASE + 4),
        "y": struct.pack("<Q", BASE + 4),
        "small": struct.pack("<i", 7),
        "large": struct.pack("<q", 1 << 40),
        "largest": struct.pack("<Q", (1 << 63) + 5),
        "negative": struct.pack("<i", -3),
        "truth": b"\1",
        "real": struct.pack("<f", 1.5),
        "a": struct.pack("<b", -2),
        "b": struct.pack("<B", 200),
        "c": struct.pack("<h", -300),
        "d": struct.pack("<H", 60_000),
        "e": struct.pack("<I", 4_000_000_000),
        "f": struct.pack("<q", 5),
        "g": struct.pack("<Q", 6),
        "h": struct.pack("<e", 1.5),
        "i": struct.pack("<f", -2.5)[2:],
        "j": struct.pack("<d", 0.1),
        "k": b"\0",
    }


@pytest.mark.parametrize("card", [75, 90])
def test_a_descriptor_of_the_host(build: Build, card: int, tmp_path: Path):
    """On a card that has no engine for it, it is taken apart."""
    arguments = {
        "source": Descriptor(HALF, (16, 64), "nan"),
        "n": 5,
        "target": Descriptor(HALF, (16, 64)),
        "N": 16,
    }
    (((_, binary),),) = build("described", arguments, card=card)
    assert [p.kind for p in binary.parameters] == ["descriptor", "i32", "descriptor"]
    expect_fits(binary, arguments, tmp_path)
    numbers = [getattr(value, "value", None) for value in passed(binary, arguments)]
    if card == 75:
        flags = numbers[5 : numbers.index(32, 5)]
        assert numbers[:5] == [BASE, 32, 64, 64, 1]
        assert flags[0] == 1
        assert not any(flags[1:])
        assert numbers[5 + len(flags) :][:5] == [32, 64, 64, 1, 5]
    else:
        assert numbers[:6] == [None, 32, 64, 64, 1, 5]
        assert binary.parameters[0].map is not None


def test_a_descriptor_of_the_kernel_has_memory_beside_its_arguments(build: Build, tmp_path: Path):
    arguments = {"x": replace(X, offset=0), "rows": 64, "N": 16}
    (((_, binary),),) = build("describes", arguments)
    assert binary.scratch_bytes == 128
    expect_fits(binary, arguments, tmp_path)
    (((_, older),),) = build("describes", arguments, card=75)
    assert older.scratch_bytes == 0


def test_a_cluster_and_what_a_program_takes(build: Build, tmp_path: Path):
    arguments = {"x": X, "N": 1024}
    (((_, binary),),) = build("picky", arguments, options={"num_ctas": 2, "num_warps": 8})
    assert (binary.programs_of_cluster, binary.threads) == (2, 256)
    assert binary.function == "picky"
    assert binary.registers > 0
    expect_fits(binary, arguments, tmp_path)


REFERENCES = {
    "online_softmax": [[(7, 100)], [(2, 200_000)]],
    "flash_attention": [[(1, 2, 70, 16)] * 3],
}


@pytest.mark.parametrize("task", REFERENCES)
def test_kernels_of_the_references(servers: Servers, task: str, tmp_path: Path):
    """As they are launched for these shapes."""
    source = Source(f"gpu_tasks/{task}.py", (ROOT / f"reference/gpu/{task}.py").read_text(), False)
    code = StudentCode([source], {task: 0}, [task])
    work = Work(
        *(task, source.path, {task: "array"}, {}, code, servers["record"]),
        *(Clock(100.0, left=100.0), Limits(1 << 30, 100)),
    )
    recorder, compiler = Recorder(work, servers), Compiler(work, servers, "compile")
    seen = 0
    for shapes in REFERENCES[task]:
        arrays = [np.ones(shape, np.float16) for shape in shapes]
        program = recorder.record(task, arrays, {}, 1 << 30)
        launches = [step for step in program.steps if isinstance(step, Launch)]
        built = compiler.build(program, [a.nbytes for a in arrays], 1 << 30, 90)
        for launch, ((number, made), *_) in zip(launches, built, strict=True):
            expect_fits(made, launch.choices[number].arguments, tmp_path)
            seen += 1
    recorder.close()
    compiler.close()
    assert seen >= len(REFERENCES[task])


def test_a_choice_that_does_not_compile_is_no_choice(build: Build):
    good, bad = {"x": X, "N": 64}, {"x": X, "N": 63}
    (ways,) = build("picky", bad, good, bad, {"x": X, "N": 32})
    assert [number for number, _ in ways] == [1, 3]
    with pytest.raises(Failed, match="does not compile for a card"):
        build("picky", bad, bad)


def test_what_is_launched_repeatedly_is_compiled_and_sent_once(build: Build):
    launches = build("picky", {"x": X, "N": 64}, times=3)
    assert len(launches) == 3
    assert len({id(binary) for ((_, binary),) in launches}) == 1


def test_a_launch_that_lacks_an_argument_is_told(build: Build):
    """A record that was forged may lack what has a default, too."""
    text = HEAD + "@triton.jit\ndef k(x, rows=4, N: tl.constexpr = 1):\n    tl.store(x, rows + N)\n"
    with pytest.raises(Failed, match="without its argument rows"):
        build("k", {"x": X}, text=text)
    assert build("k", {"x": X, "rows": 4}, text=text)


def test_no_launcher_takes_a_real_number_for_a_whole_one(build: Build):
    text = HEAD + "@triton.jit\ndef k(x, n: tl.int32):\n    tl.store(x, n)\n"
    with pytest.raises(Failed, match=r"n is 1\.5, and the kernel says i32"):
        build("k", {"x": X, "n": 1.5}, text=text)


# ------------------------------------------------------------------ what arrives in the grader


def binary(**changes: Any) -> Binary:
    parameters = (
        Parameter("x", "pointer"),
        Parameter("d", "descriptor", Map(3, 2, 6, (16, 64))),
        Parameter("n", "i32"),
    )
    made = Binary(
        **{
            **{"code": b"\x7fELF", "function": "k", "threads": 128, "programs_of_cluster": 1},
            **{"shared_bytes": 1000, "scratch_bytes": 0, "cooperative": False, "dependent": False},
            **{"registers": 32, "spilled_bytes": 0, "parameters": parameters},
        }
    )
    return replace(made, **changes)


def over_the_wire(made: Binary, **changes: Any) -> Binary:
    data = json.loads(json.dumps(made.to_json(lambda code: code.hex())))
    return Binary.from_json(data | changes, bytes.fromhex)


def test_a_binary_survives_the_wire():
    assert over_the_wire(binary()) == binary()


@pytest.mark.parametrize(
    "changes",
    [
        {"threads": 0},
        {"threads": 2048},
        {"threads": True},
        {"programs_of_cluster": 17},
        {"shared_bytes": -1},
        {"shared_bytes": 1.0},
        {"function": "k; drop"},
        {"function": None},
        {"code": ""},
        {"cooperative": 1},
        {"parameters": None},
        {"parameters": [{"name": "x", "kind": "elsewhere", "flags": 0, "map": None}]},
        {"parameters": [{"name": "x", "kind": "i32", "flags": 7, "map": None}]},
        {"parameters": [{"name": "x", "kind": "descriptor", "flags": 0, "map": {}}]},
        {"parameters": [{"name": "x", "kind": "i32", "flags": 0, "map": None}] * 200},
    ],
)
def test_what_is_no_binary_is_refused(changes):
    with pytest.raises(NotABinary):
        over_the_wire(binary(), **changes)


@pytest.mark.parametrize(
    "said",
    [
        {"launches": []},
        {"launches": [[]]},
        {"launches": [[[1, 0]]]},
        {"launches": [[[0, 1]]]},
        {"launches": [[[-1, 0]]]},
        {"launches": [[[0, -1]]]},
        {"launches": [[["0", 0]]]},
        {"launches": [[[0]]]},
        {"binaries": [[]]},
        {},
    ],
)
def test_compiled_code_that_belongs_to_no_launch_is_no_answer(said, monkeypatch):
    compiler = object.__new__(Compiler)
    data = binary().to_json(lambda code: ["array", "|u1", [len(code)]])
    reply = {"op": "built", "binaries": [data], "launches": [[[0, 0]]], **said}
    if not said:
        del reply["launches"]
    body = wire.Unpacker(np.frombuffer(b"\x7fELF", np.uint8))
    monkeypatch.setattr(compiler, "start", lambda: None, raising=False)
    monkeypatch.setattr(compiler, "expect_kernels", lambda _: None, raising=False)
    monkeypatch.setattr(compiler, "ask", lambda *_: {**reply, "body": body}, raising=False)
    monkeypatch.setattr(compiler, "close", lambda: None, raising=False)
    launch = Launch("k", (Choice((1, 1, 1), {}, {}),))
    with pytest.raises(Verdict, match="no answer"):
        compiler.build(Program((Storage(4, 0),), (launch,), X), [4], 0, 90)


# ------------------------------------------------------------------ what the driver is told


def test_a_tensor_map_lies_where_it_may():
    kept = [launcher.TensorMap.empty() for _ in range(20)]
    assert all(ctypes.addressof(each) % 128 == 0 for each in kept)
    assert {ctypes.sizeof(each) for each in kept} == {128}


def test_a_tensor_map_goes_from_the_last_axis_to_the_first():
    tensor = Tensor(0, "bfloat16", (5, 7, 64), (640, 80, 1), 3)
    seen = Map(swizzle=3, element_bytes=2, element_type=10, block_shape=(1, 4, 64))
    got = launcher.map_arguments(seen, Descriptor(tensor, (1, 4, 64), "nan"), BASE)
    plain = [list(a) if isinstance(a, ctypes.Array) else getattr(a, "value", a) for a in got]
    bfloat16 = int(driver.CUtensorMapDataType.CU_TENSOR_MAP_DATA_TYPE_BFLOAT16)
    assert plain == [bfloat16, 3, BASE, [64, 7, 5], [160, 1280], [64, 4, 1], [1, 1, 1], 0, 3, 2, 1]


def test_a_tensor_map_of_one_axis_has_no_stride():
    tensor = Tensor(0, "float32", (100,), (1,))
    got = launcher.map_arguments(Map(0, 4, 7, (64,)), Descriptor(tensor, (64,)), BASE)
    assert got[1] == 1
    assert list(got[3]) == [100]
    assert got[-1] == 0


def test_what_a_launch_is_told_beside_its_size():
    assert launcher.launch_attributes(binary()) == []
    made = launcher.launch_attributes(
        binary(programs_of_cluster=4, cooperative=True, dependent=True)
    )
    ids = driver.CUlaunchAttributeID
    assert [a.id for a in made] == [
        ids.CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION,
        ids.CU_LAUNCH_ATTRIBUTE_COOPERATIVE,
        ids.CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION,
        ids.CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE,
    ]
    assert made[0].value.programmaticStreamSerializationAllowed == 1
    assert made[1].value.cooperative == 1
    cluster = made[2].value.clusterDim
    assert (cluster.x, cluster.y, cluster.z) == (4, 1, 1)


class Driver:
    """Plays the functions of the driver that a launch calls; the rest is the real one."""

    def __init__(self, error: int = 0) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.launched: list[tuple[Any, list[bytes]]] = []
        self.sizes: list[int] = []
        self.error = driver.CUresult(error)

    def __getattr__(self, name: str) -> Any:
        if name == "cuLaunchKernelEx":
            return self.launch
        if name[:2] != "cu":
            return getattr(driver, name)

        def function(*args: Any) -> tuple[Any, ...]:
            self.calls.append((name, args))
            return driver.CUresult.CUDA_SUCCESS, name

        return function

    def launch(self, config: Any, function: Any, parameters: int, extra: int) -> tuple[Any, ...]:
        pointers = ctypes.cast(parameters, ctypes.POINTER(ctypes.c_void_p))
        values = [ctypes.string_at(pointers[n], size) for n, size in enumerate(self.sizes)]
        self.launched.append((config, values))
        return (self.error,)


class Memory:
    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def address(self, tensor: Tensor) -> int:
        return BASE + tensor.offset

    def scratch(self, nbytes: int, alignment: int) -> int:
        self.asked.append((nbytes, alignment))
        return BASE // 2


def prepared(monkeypatch: pytest.MonkeyPatch, played: Driver, made: Binary, memory: Memory):
    monkeypatch.setattr(launcher, "driver", played)
    choice = Choice((3, 2, 5), {"x": Tensor(0, "float32", (4,), (1,), 16), "n": 7}, {})
    one = launcher.Launcher(stream=99)
    return one, one.prepare(made, choice, memory)


PLAIN = (Parameter("x", "pointer"), Parameter("n", "i32"))


def test_a_launch(monkeypatch):
    played, memory = Driver(), Memory()
    played.sizes = [8, 4, 8, 8]
    made = binary(parameters=PLAIN, programs_of_cluster=2, scratch_bytes=128)
    _, launch = prepared(monkeypatch, played, made, memory)
    assert not played.launched
    launch()
    launch()
    config, values = played.launched[1]
    assert (config.gridDimX, config.gridDimY, config.gridDimZ) == (6, 2, 5)
    assert (config.blockDimX, config.blockDimY, config.blockDimZ) == (128, 1, 1)
    assert config.sharedMemBytes == 1000
    assert int(config.hStream) == 99
    assert config.numAttrs == 2
    assert memory.asked == [(128 * 3 * 2 * 5 * 2, 256)]
    assert values == [struct.pack("<Q", n) for n in (BASE + 16,)] + [
        struct.pack("<i", 7),
        struct.pack("<Q", BASE // 2),
        struct.pack("<Q", 0),
    ]


def test_a_kernel_is_loaded_once_and_given_the_shared_memory_that_it_needs(monkeypatch):
    played = Driver()
    made = binary(parameters=PLAIN, shared_bytes=100_000, programs_of_cluster=16)
    one, _ = prepared(monkeypatch, played, made, Memory())
    one.prepare(made, Choice((1, 1, 1), {"x": X, "n": 1}, {}), Memory())
    names = [name for name, _ in played.calls]
    assert names.count("cuModuleLoadData") == 1
    attribute = driver.CUfunction_attribute
    settings = {args[1]: args[2] for name, args in played.calls if name == "cuFuncSetAttribute"}
    assert settings == {
        attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES: 100_000,
        attribute.CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED: 1,
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ILLEGAL_ADDRESS", "illegal"),
        ("MISALIGNED_ADDRESS", "illegal"),
        ("ASSERT", "illegal"),
        ("LAUNCH_FAILED", "illegal"),
        ("LAUNCH_TIMEOUT", "timeout"),
        ("OUT_OF_MEMORY", "memory"),
        ("LAUNCH_OUT_OF_RESOURCES", "refused"),
        ("INVALID_VALUE", "refused"),
        ("NO_BINARY_FOR_GPU", "other"),
    ],
)
def test_an_error_is_of_a_kind(monkeypatch, name: str, kind: str):
    error = int(getattr(driver.CUresult, f"CUDA_ERROR_{name}"))
    _, launch = prepared(monkeypatch, Driver(error), binary(parameters=PLAIN), Memory())
    with pytest.raises(launcher.CardError) as told:
        launch()
    assert told.value.kind == kind
