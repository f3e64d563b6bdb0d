"""The worker that runs programs on a card, on a pretended one: PyTorch on the processor.

The clock is pretended too, so every duration here is made up. What kernels compute, they do.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.expect import Failed, Verdict
from autograder.process import Clock, Work
from autograder.sandbox import wire
from autograder.sandbox.client import WorkerDied, WorkerTimeout
from autograder.sandbox.confine import Limits
from autograder.sandbox.kernel import ConfinementError
from autograder.sandbox.loader import Source, StudentCode
from autograder.sandbox.servers import Servers
from autograder.triton_tasks import workers
from autograder.triton_tasks.binary import Binary
from autograder.triton_tasks.facts import Facts
from autograder.triton_tasks.program import (
    Choice,
    Copy,
    Descriptor,
    Fill,
    Launch,
    Program,
    Storage,
    Tensor,
)
from autograder.triton_tasks.tiled import Tiled
from autograder.triton_tasks.workers import OnCard, Recorder
from tests.pretended import PretendedCard

torch = pytest.importorskip("torch")
pytest.importorskip("cuda.bindings")
ml_dtypes = pytest.importorskip("ml_dtypes")

from autograder.triton_tasks import running  # noqa: E402
from autograder.triton_tasks.arena import Arena, Unfit  # noqa: E402
from autograder.triton_tasks.launcher import CardError  # noqa: E402

CPU = torch.device("cpu")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """For arrays this small, threads take longer to agree than one of them to do the work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


MS = 1e-3
FACTS = Facts(
    name="Pretended card",
    capability=90,
    multiprocessors=7,
    cache_bytes=1 << 10,
    memory_bytes=1 << 20,
    shared_bytes=100 << 10,
)


# ------------------------------------------------------------------ memory


def arena(*storages: Storage, values: Any = ()) -> Arena:
    return Arena(storages, values, CPU)


def test_inputs_are_filled_and_the_rest_reads_as_nan():
    x = np.arange(6, dtype=np.float32)
    made = arena(Storage(24, 0), Storage(8), values=[x.view(np.uint8)])
    assert made.view(Tensor(0, "float32", (2, 3), (3, 1))).tolist() == x.reshape(2, 3).tolist()
    assert made.view(Tensor(1, "float32", (2,), (1,))).isnan().all()
    assert made.view(Tensor(1, "int16", (4,), (1,))).tolist() == [-1] * 4


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int64", "uint8"])
@pytest.mark.parametrize(("shape", "count"), [((5, 7), 11), ((3, 4), 12), ((2, 3), 50)])
def test_few_values_are_repeated(dtype: str, shape: tuple[int, ...], count: int):
    name = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    tiled = Tiled(np.arange(1, count + 1).astype(name), shape).shifted(2)
    made = arena(Storage(tiled.nbytes, 0), values=[tiled])
    tensor = Tensor(0, dtype, shape, (shape[1], 1))
    assert made.output(tensor).tobytes() == tiled.rows(range(shape[0])).tobytes()
    assert made.rows(tensor, [1, 0]).tobytes() == tiled.rows([1, 0]).tobytes()


def test_rows_are_counted_through_all_axes_but_the_last():
    x = np.arange(2 * 3 * 4, dtype=np.int32)
    made = arena(Storage(x.nbytes, 0), values=[x.view(np.uint8)])
    turned = Tensor(0, "int32", (3, 2, 4), (4, 12, 1))
    expected = x.reshape(2, 3, 4).transpose(1, 0, 2).reshape(6, 4)[[5, 0, 3]]
    assert made.rows(turned, [5, 0, 3]).view(np.int32).tolist() == expected.tolist()
    alone = Tensor(0, "int32", (4,), (1,), 8)
    assert made.rows(alone, [0]).view(np.int32).tolist() == [[8, 9, 10, 11]]


def test_a_reset_makes_all_memory_as_it_was():
    x = np.arange(4, dtype=np.float32)
    made = arena(Storage(16, 0), Storage(16), values=[x.view(np.uint8)])
    of_input, own = (Tensor(n, "float32", (4,), (1,)) for n in (0, 1))
    made.do(Fill(of_input, 5))
    made.do(Fill(own, 5))
    made.reset()
    assert made.view(of_input).tolist() == x.tolist()
    assert made.view(own).isnan().all()


def test_a_copy_converts_as_pytorch_does():
    x = np.array([0.1, 70_000.0, np.nan, -1.5], np.float32)
    made = arena(Storage(16, 0), Storage(8), values=[x.view(np.uint8)])
    half = Tensor(1, "bfloat16", (4,), (1,))
    made.do(Copy(Tensor(0, "float32", (4,), (1,)), half))
    got = made.output(half).view(ml_dtypes.bfloat16).astype(np.float32)
    np.testing.assert_array_equal(got, x.astype(ml_dtypes.bfloat16).astype(np.float32))


@pytest.mark.parametrize(
    "tensor",
    [
        Tensor(0, "float32", (5,), (1,)),
        Tensor(0, "float32", (2, 2), (3, 1), 1),
        Tensor(0, "float32", (1,), (1,), 4),
    ],
)
def test_what_does_not_lie_in_its_storage_is_no_tensor(tensor: Tensor):
    with pytest.raises(Unfit, match="no tensor has a shape"):
        arena(Storage(16)).view(tensor)


def test_a_number_that_a_type_does_not_have():
    with pytest.raises(Unfit, match="uint8 has no 300"):
        arena(Storage(4)).do(Fill(Tensor(0, "uint8", (4,), (1,)), 300))


def test_addresses_are_those_of_elements_and_scratch_is_aligned():
    made = arena(Storage(16), Storage(16))
    first = made.address(Tensor(1, "int16", (1,), (1,)))
    assert made.address(Tensor(1, "int16", (1,), (1,), 3)) == first + 6
    addresses = [made.scratch(100, 256) for _ in range(10)]
    assert all(address % 256 == 0 for address in addresses)
    assert len(set(addresses)) == 10


# ------------------------------------------------------------------ a pretended card


class Clocked(PretendedCard):
    """What PyTorch itself does takes no time on it, but looking at a clock does."""

    def mark(self) -> Any:
        self.queue("mark", 1e-6)
        return super().mark()

    def clock(self) -> float:
        self.now += 20 * MS
        return super().clock()


def double(memory: Arena, arguments: dict[str, Any]) -> None:
    memory.view(arguments["y"]).copy_(2 * memory.view(arguments["x"]))


class Launches:
    """Kernels are functions of PyTorch's; the code of a binary says how long it takes."""

    def __init__(self, card: PretendedCard, kernels: dict[str, Callable[..., None]]) -> None:
        self._card = card
        self._kernels = kernels
        self.prepared: list[tuple[str, Choice]] = []

    def prepare(self, binary: Binary, choice: Choice, memory: Arena) -> Callable[[], None]:
        how, _, milliseconds = binary.code.decode().partition(" ")
        if how == "refused":
            raise CardError("refused", "the card does not take its launch (PRETENDED)")
        self.prepared.append((how, choice))

        def launch() -> None:
            if how in ("illegal", "timeout", "memory", "other"):
                raise CardError(how, "it went wrong, pretended")
            if how == "lost":
                raise torch.AcceleratorError("CUDA error: an illegal memory access was met\nmore")
            self._card.queue(how, float(milliseconds or 1) * MS)
            self._kernels[binary.function](memory, choice.arguments)

        return launch


def binary(code: str = "double", function: str = "double") -> Binary:
    return Binary(
        **{"code": code.encode(), "function": function, "threads": 128, "programs_of_cluster": 1},
        **{"shared_bytes": 0, "scratch_bytes": 0, "cooperative": False, "dependent": False},
        **{"registers": 32, "spilled_bytes": 0, "parameters": ()},
    )


ROWS, COLUMNS = 40, 16
X = Tensor(0, "float32", (ROWS, COLUMNS), (COLUMNS, 1))
Y = Tensor(1, "float32", (ROWS, COLUMNS), (COLUMNS, 1))
TILED = Tiled(np.arange(1, 38, dtype=np.float32), (ROWS, COLUMNS))


def program(*choices: dict[str, int], launches: int = 1) -> Program:
    """One that doubles; a choice is told by its options."""
    ways = tuple(Choice((1, 1, 1), {"x": X, "y": Y}, c) for c in choices or ({},))
    storages = (Storage(TILED.nbytes, 0), Storage(TILED.nbytes))
    return Program(storages, (Launch("double", ways),) * launches, Y)


def stage(card: PretendedCard, kernels: Any = None, free: int = 1 << 20) -> running.Stage:
    launches = Launches(card, kernels or {"double": double})
    return running.Stage(card, launches, CPU, FACTS, lambda: free)


def test_what_a_program_computes():
    x = np.arange(ROWS * COLUMNS, dtype=np.float32)
    got = running.compute(stage(Clocked()), program(), [[(0, binary())]], [x.view(np.uint8)])
    assert got.view(np.float32).tolist() == (2 * x).tolist()


def test_the_steps_are_done_in_order():
    half = Tensor(2, "float16", (ROWS, COLUMNS), (COLUMNS, 1))
    launch = program().steps[0]
    fill, copy = Fill(Tensor(0, "float32", (1,), (1,), 3), 9), Copy(Y, half)
    made = Program((*program().storages, Storage(half.nbytes)), (fill, launch, copy), half)
    x = np.arange(ROWS * COLUMNS, dtype=np.float32)
    got = running.compute(stage(Clocked()), made, [[(0, binary())]], [x.view(np.uint8)])
    expected = 2 * x
    expected[3] = 18
    assert got.view(np.float16).tolist() == expected.astype(np.float16).tolist()


def measured(card: PretendedCard, built: Any, made: Program, **more: Any) -> running.Measured:
    return running.measure(stage(card, **more), made, built, [TILED], [0, 39, 7])


def test_what_is_timed_and_what_is_told_of_the_answers():
    card = Clocked()
    got = measured(card, [[(0, binary("double 2.5"))]], program())
    assert got.samples.run.milliseconds == pytest.approx([2.5] * 100, rel=0.02)
    assert got.chosen == [0]
    assert len(got.rows) == 2  # the cache is small
    for number, rows in enumerate(got.rows):
        expected = 2 * TILED.shifted(number).rows([0, 39, 7])
        assert rows.view(np.float32).tolist() == expected.tolist()


def test_the_copy_moves_as_much_as_a_buffer_and_is_timed_before_and_after(monkeypatch):
    seen = []

    def watched(device: Any, runs: Any, before: Any = None) -> Any:
        seen.append(len(runs))
        for run in runs:
            run()
        return real(device, runs, *([before] if before else []))

    real = running.repeat
    monkeypatch.setattr(running, "repeat", watched)
    card = Clocked()
    got = measured(card, [[(0, binary())]], program())
    assert seen == [1, 2, 1]
    assert got.samples.copy_bytes == 2 * FACTS.buffer_bytes
    assert got.samples.run != got.samples.copy_before


@pytest.mark.parametrize(
    ("cache", "free", "sets"),
    [(1 << 10, 1 << 30, 2), (3_000, 1 << 30, 4), (1 << 30, 1 << 30, 6), (1 << 30, 20_000, 3)],
)
def test_input_sets_fill_the_cache_three_times_where_there_is_room(monkeypatch, cache, free, sets):
    facts = Facts("Pretended card", 90, 7, cache, 1 << 20, 100 << 10)
    card = Clocked()
    where = running.Stage(card, Launches(card, {"double": double}), CPU, facts, lambda: free)
    got = running.measure(where, program(), [[(0, binary())]], [TILED], [0])
    assert len(got.rows) == sets


def test_an_answer_that_is_kept_somewhere_is_gone_in_the_next_repetition():
    """A kernel that writes what it found into its input would copy it from there next time."""
    found = []

    def lazy(memory: Arena, arguments: dict[str, Any]) -> None:
        x, y = memory.view(arguments["x"]), memory.view(arguments["y"])
        found.append((float(x[0, 0]), bool(y.isnan().all())))
        double(memory, arguments)
        x.fill_(-5.0)

    card = Clocked()
    got = measured(card, [[(0, binary())]], program(), kernels={"double": lazy})
    repetitions = len(got.samples.run.milliseconds)
    timed = [what for what in found if what[0] != -5.0]
    assert all(poisoned for _, poisoned in timed[1:])
    # Only those between two looks at the host's clock follow each other with nothing in between.
    assert len(found) - len(timed) <= repetitions + 1


def test_the_fastest_way_is_taken():
    card = Clocked()
    built = [
        [(0, binary("slow 9")), (2, binary("fast 1")), (3, binary("middle 4"))],
        [(1, binary("only 2"))],
    ]
    made = program({}, {"num_warps": 8}, {"num_warps": 2}, {"num_warps": 1}, launches=2)
    got = measured(card, built, made)
    assert got.chosen == [2, 1]
    assert got.samples.run.milliseconds == pytest.approx([3.0] * 83, rel=0.02)
    assert card.log.count("slow") == 4  # once to load it, and three times


def test_what_the_card_does_not_take_is_no_way():
    card = Clocked()
    built = [[(0, binary("refused")), (1, binary("slow 9"))]]
    assert measured(card, built, program({}, {})).chosen == [1]
    with pytest.raises(CardError):
        measured(card, [[(0, binary("refused")), (1, binary("refused"))]], program({}, {}))


def test_a_way_that_goes_wrong_is_told():
    built = [[(0, binary()), (1, binary("illegal"))]]
    with pytest.raises(CardError, match="went wrong"):
        measured(Clocked(), built, program({}, {}))


# ------------------------------------------------------------------ from the grader's end


class Buffer(wire.Pipe):
    """Both ends of a wire in one process."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes: deque[int] = deque()

    def read_some(self, buffer: memoryview) -> int:
        count = min(len(buffer), len(self._bytes))
        buffer[:count] = bytes(self._bytes.popleft() for _ in range(count))
        return count

    def write_some(self, buffers: list[memoryview]) -> int:
        self._bytes.extend(bytes(buffers[0]))
        return len(buffers[0])


class Played:
    """Plays a process that runs programs, and its server: as if it were another process."""

    limits = Limits(1 << 30, 10)
    grown = 0

    def __init__(self, where: Callable[[], running.Stage]) -> None:
        self._where = where
        self.spawned = 0
        self.fault: Exception | None = None

    def spawn(self, limits: Limits) -> Played:
        self.spawned += 1
        self.alive = True
        self._there, self._back = Buffer(), Buffer()
        self._worker = running.CardWorker(self._back)
        return self

    def greet(self) -> None:
        if isinstance(self.fault, ConfinementError):
            raise self.fault

    def tell(self, header: dict[str, Any], body: list[memoryview], deadline: float) -> None:
        if self.fault is not None and header["op"] != "open":
            self.alive = False
            raise self.fault
        wire.send(self._there, header, body)
        self._worker.answer(*wire.receive(self._there, 1 << 30))

    def hear(self, deadline: float, size_cap: int) -> tuple[dict[str, Any], wire.Unpacker]:
        header, body = wire.receive(self._back, size_cap)
        return header, wire.Unpacker(body)

    def end(self) -> None:
        self.alive = False


class Card:
    """A grader's end, and what it talks to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.card = Clocked()
        self.kernels = {"double": double}
        monkeypatch.setattr(running, "_stage", lambda: stage(self.card, self.kernels))
        for name in ("CUDA_VISIBLE_DEVICES", "CUDA_CACHE_DISABLE"):
            monkeypatch.setenv(name, "")
        self.process = Played(lambda: stage(self.card, self.kernels))
        code = StudentCode([], {})
        work = Work(
            *("t", "gpu_tasks/t.py", {"t": "array"}, {}, code, self.process),
            *(Clock(100.0, left=100.0), Limits(1 << 30, 100)),
        )
        self.end = OnCard(work, {"card": self.process})


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Iterator[Card]:
    made = Card(monkeypatch)
    yield made
    made.end.close()


def test_a_card_says_what_it_is(on: Card):
    assert on.end.open("GPU-1") == FACTS


def test_that_cuda_starts_is_on_nobodys_clock(on: Card, monkeypatch):
    started = []

    def slow(self: Any, header: Any, read: Any) -> Any:
        started.append(on.end._clock)
        return real(self, header, read)

    real = running.CardWorker._open
    monkeypatch.setattr(running.CardWorker, "_open", slow)
    theirs = on.end._clock
    on.end.open("GPU-1")
    assert started[0] is not theirs
    assert started[0].seconds == 60
    assert (on.end._clock, theirs.left, theirs.spent) == (theirs, 100.0, 0.0)


def test_where_cuda_does_not_start_it_waits(on: Card, monkeypatch):
    def dies(*_: Any) -> Any:
        raise WorkerDied(-11)

    monkeypatch.setattr(Played, "hear", dies)
    with pytest.raises(Verdict, match="CUDA does not start in a confined process") as told:
        on.end.open("GPU-1")
    assert told.value.status == "deferred"


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_an_array_comes_back_as_what_it_is(on: Card, dtype: str):
    name = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    x = np.arange(12).reshape(3, 4).astype(name)
    made = Program(
        (Storage(x.nbytes, 0), Storage(x.nbytes)),
        (Launch("double", (Choice((1, 1, 1), {
            "x": Tensor(0, dtype, (3, 4), (4, 1)), "y": Tensor(1, dtype, (3, 4), (4, 1))
        }, {}),)),),
        Tensor(1, dtype, (3, 4), (4, 1)),
    )  # fmt: skip
    on.end.open("GPU-1")
    got = on.end.compute(made, [[(0, binary())]], [x], 1 << 20)
    assert (got.dtype, got.shape) == (x.dtype, (3, 4))
    np.testing.assert_array_equal(got, 2 * x)


def test_rows_of_an_array_lie_apart_and_what_is_between_is_nan(on: Card):
    x = np.full((3, 6), 7, np.float32)[:, :4]
    x[...] = np.arange(12).reshape(3, 4)
    seen = Tensor(0, "float32", (16,), (1,))
    made = Program((Storage(64, 0),), (), seen)
    on.end.open("GPU-1")
    got = on.end.compute(made, [], [x], 1 << 20)
    assert np.isnan(got[[4, 5, 10, 11]]).all()
    assert got[6:10].tolist() == [4, 5, 6, 7]


def test_a_timing(on: Card):
    on.end.open("GPU-1")
    built = [[(0, binary("slow 9")), (1, binary("fast 3"))]]
    got = on.end.time(program({}, {}), built, [TILED], 1 << 20, [3, 30])
    assert got.chosen == [1]
    assert got.samples.run.milliseconds[0] == pytest.approx(3.0, rel=0.02)
    for number, rows in enumerate(got.rows):
        assert rows.tolist() == (2 * TILED.shifted(number).rows([3, 30])).tolist()


def test_a_bfloat16_timing(on: Card):
    tiled = Tiled(np.arange(1, 38).astype(ml_dtypes.bfloat16), (8, 4))
    x, y = (Tensor(n, "bfloat16", (8, 4), (4, 1)) for n in (0, 1))
    launch = Launch("double", (Choice((1, 1, 1), {"x": x, "y": y}, {}),))
    made = Program((Storage(64, 0), Storage(64)), (launch,), y)
    on.end.open("GPU-1")
    got = on.end.time(made, [[(0, binary())]], [tiled], 1 << 20, [5])
    assert got.rows[1].dtype == tiled.dtype
    np.testing.assert_array_equal(got.rows[1], 2 * tiled.shifted(1).rows([5]))


def test_rows_that_the_answer_does_not_have(on: Card):
    on.end.open("GPU-1")
    with pytest.raises(Failed, match="too few rows"):
        on.end.time(program(), [[(0, binary())]], [TILED], 1 << 20, [ROWS])


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        ("illegal", "crashed", "it went wrong, pretended"),
        ("lost", "crashed", "not its own|it stopped"),
        ("other", "crashed", "it went wrong"),
        ("refused", "crashed", "does not take its launch"),
        ("timeout", "timeout", "was ended on the card"),
        ("memory", "out_of_memory", "memory ran out"),
    ],
)
def test_what_goes_wrong_is_told_and_the_next_process_is_fresh(on: Card, how, status, said):
    x = np.ones((ROWS, COLUMNS), np.float32)
    on.end.open("GPU-1")
    with pytest.raises(Verdict, match=said) as told:
        on.end.compute(program(), [[(0, binary(how))]], [x], 1 << 20)
    assert told.value.status == status
    assert not on.end.running
    assert on.end.compute(program(), [[(0, binary())]], [x], 1 << 20).tolist() == (2 * x).tolist()
    assert on.process.spawned == 2


@pytest.mark.parametrize(
    ("fault", "status"), [(WorkerTimeout(), "timeout"), (WorkerDied(-11), "crashed")]
)
def test_a_process_that_hangs_or_dies_is_replaced(on: Card, fault, status):
    x = np.ones((ROWS, COLUMNS), np.float32)
    on.end.open("GPU-1")
    on.process.fault = fault
    with pytest.raises(Verdict) as told:
        on.end.compute(program(), [[(0, binary())]], [x], 1 << 20)
    assert told.value.status == status
    on.process.fault = None
    on.end.compute(program(), [[(0, binary())]], [x], 1 << 20)
    assert on.process.spawned == 2


def test_the_cards_own_memory_runs_out(on: Card):
    def greedy(memory: Arena, arguments: dict[str, Any]) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 5 GiB.")

    on.kernels["double"] = greedy
    on.end.open("GPU-1")
    with pytest.raises(Verdict, match="card's memory ran out") as told:
        on.end.time(program(), [[(0, binary())]], [TILED], 1 << 20, [0])
    assert told.value.status == "out_of_memory"


def test_what_pytorch_says_of_an_error_is_understood():
    told = {
        "CUDA error: an illegal memory access was encountered": "illegal",
        "CUDA error: the launch timed out and was terminated": "timeout",
        "CUDA error: device-side assert triggered": "illegal",
        "CUDA error: something else": "other",
    }
    for text, kind in told.items():
        assert running._told(torch.AcceleratorError(f"{text}\nCUDA kernel errors")).kind == kind
    numbered = torch.AcceleratorError("CUDA error: words that are new")
    numbered.error_code = 700
    assert running._told(numbered).kind == "illegal"


@pytest.mark.parametrize(
    "reply",
    [
        {"op": "timed"},
        {"op": "computed"},
        {"op": "else"},
        {"op": "timed", "samples": {}, "rows": [], "chosen": [0]},
    ],
)
def test_what_is_no_answer_is_told_as_such(on: Card, monkeypatch, reply):
    on.end.open("GPU-1")
    monkeypatch.setattr(running.CardWorker, "_time", lambda *_: (dict(reply), []))
    with pytest.raises(Verdict, match="no answer") as told:
        on.end.time(program(), [[(0, binary())]], [TILED], 1 << 20, [0])
    assert told.value.status == "crashed"


def forged(on: Card, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    honest = running.CardWorker._time

    def lies(self: Any, header: Any, read: Any) -> Any:
        reply, body = honest(self, header, read)
        return json.loads(json.dumps(reply)) | changes, body

    monkeypatch.setattr(running.CardWorker, "_time", lies)
    on.end.open("GPU-1")
    on.end.time(program({}, {}), [[(1, binary())]], [TILED], 1 << 20, [0, 1])


@pytest.mark.parametrize(
    "changes",
    [
        {"chosen": [0]},
        {"chosen": []},
        {"chosen": [1, 1]},
        {"chosen": "1"},
        {"rows": None},
        {"rows": []},
        {"rows": [["array", "|u1", [2, 63]]]},
        {"rows": [["array", "<f4", [2, 16]]]},
        {"rows": [["none"]]},
        {"rows": [["array", "|u1", [2, 64]]] * 7},
        {"samples": {"run": 1}},
    ],
)
def test_a_forged_timing_is_no_answer(on: Card, monkeypatch, changes):
    with pytest.raises(Verdict, match="no answer"):
        forged(on, monkeypatch, **changes)


def test_an_honest_timing_passes(on: Card, monkeypatch):
    forged(on, monkeypatch)


def test_where_no_process_is_confined_it_waits(on: Card):
    on.process.fault = ConfinementError("Traceback:\n  much\nit did not start.")
    with pytest.raises(Verdict, match=r"card: it did not start\.$") as told:
        on.end.open("GPU-1")
    assert told.value.status == "deferred"


def test_without_what_it_takes_it_waits(monkeypatch):
    monkeypatch.setattr(workers, "missing_card_packages", lambda: ["cuda-bindings"])
    with pytest.raises(Verdict, match="needs cuda-bindings") as told:
        OnCard(SimpleNamespace(), {})
    assert told.value.status == "deferred"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_through_the_real_confinement_it_waits_where_there_is_no_card(servers: Servers):
    code = StudentCode([], {})
    work = Work(
        *("t", "gpu_tasks/t.py", {"t": "array"}, {}, code, servers["card"]),
        *(Clock(100.0, left=100.0), Limits(1 << 30, 100)),
    )
    end = OnCard(work, servers)
    with pytest.raises(Verdict, match="Not run on this machine's card: ") as told:
        end.open("GPU-1")
    assert told.value.status == "deferred"
    assert not end.running


# ------------------------------------------------------------------ the card that is recorded for

ASKS = """
import torch, triton, triton.language as tl

@triton.jit
def k(y):
    tl.store(y, 1.0)

def asks(x):
    figures = triton.runtime.driver.active.utils.get_device_properties(0)
    of_torch = torch.cuda.get_device_properties(x.device)
    assert torch.cuda.get_device_capability() == (of_torch.major, of_torch.minor)
    y = torch.empty(of_torch.multi_processor_count, of_torch.L2_cache_size, device=x.device)
    k[(figures["multiprocessor_count"], figures["max_shared_mem"] >> 10, of_torch.major)](y)
    return y
"""


@pytest.mark.parametrize(
    ("facts", "grid", "shape"),
    [
        (FACTS, (7, 100, 9), (7, 1 << 10)),
        (None, (132, 227, 9), (132, 50 << 20)),
    ],
)
def test_a_host_function_is_recorded_for_the_card_that_is_there(servers, facts, grid, shape):
    code = StudentCode([Source("gpu_tasks/asks.py", ASKS, False)], {"asks": 0}, ["asks"])
    work = Work(
        *("asks", "gpu_tasks/asks.py", {"asks": "array"}, {}, code, servers["record"]),
        *(Clock(100.0, left=100.0), Limits(1 << 30, 100)),
    )
    recorder = Recorder(work, servers, facts)
    made = recorder.record("asks", [np.ones(4, np.float32)], {}, 1 << 40)
    recorder.close()
    assert made.steps[0].choices[0].grid == grid
    assert made.result.shape == shape


def test_descriptors_and_numbers_of_a_choice_reach_the_card(on: Card):
    seen = {}

    def look(memory: Arena, arguments: dict[str, Any]) -> None:
        seen.update(arguments)

    on.kernels["double"] = look
    given = {"d": Descriptor(X, (8, 16), "nan"), "n": 5, "f": 0.5, "none": None}
    made = Program(program().storages, (Launch("double", (Choice((2, 1, 1), given, {}),)),), X)
    on.end.open("GPU-1")
    x = np.ones((ROWS, COLUMNS), np.float32)
    on.end.compute(made, [[(0, binary())]], [x], 1 << 20)
    assert seen == given
