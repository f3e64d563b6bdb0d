"""The worker that runs programs on a card: compiled kernels, a record and inputs.

Nothing that a student wrote is read here, as text or otherwise: kernels come as code for the card.
What they compute is sent back, and how long it took; whether that is right or fast is not decided
here.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.sandbox import wire
from autograder.sandbox.worker import Worker
from autograder.triton_tasks.arena import Arena, Unfit, Values
from autograder.triton_tasks.binary import Binary
from autograder.triton_tasks.device import TorchDevice
from autograder.triton_tasks.facts import Facts
from autograder.triton_tasks.launcher import CardError, Launcher, Launches, card_error
from autograder.triton_tasks.program import Choice, Launch, Program
from autograder.triton_tasks.samples import Samples
from autograder.triton_tasks.stopwatch import Device, input_sets, repeat
from autograder.triton_tasks.tiled import Tiled

__all__ = ["Built", "CardWorker", "Measured", "Stage", "compute", "measure"]

_MOST_SETS = 6  # of inputs: the smallest of tests fills the largest of caches with it
_TRIES = 3  # of each way to launch a kernel
_MESSAGE = 300

Built = Sequence[Sequence[tuple[int, Binary]]]
"""Of each launch the ways that compiled: number of the choice, and the code."""


@dataclass(frozen=True)
class Stage:
    """A card, or what plays one.

    Attributes
    ----------
    where
        Its memory, as PyTorch names it.
    free_bytes
        How much of that nobody uses now.
    """

    device: Device
    launches: Launches
    where: torch.device
    facts: Facts
    free_bytes: Callable[[], int]


@dataclass(frozen=True)
class Measured:
    """A program that was timed.

    Attributes
    ----------
    rows
        By set of inputs: bytes of the rows that were asked for, of its last repetition.
    chosen
        Of each launch, which of its choices.
    """

    samples: Samples
    rows: list[np.ndarray[Any, Any]]
    chosen: list[int]


def compute(
    stage: Stage, program: Program, built: Built, values: Sequence[Values]
) -> np.ndarray[Any, Any]:
    """The bytes of what a program returns; of ways to launch a kernel the first is taken."""
    arena = Arena(program.storages, values, stage.where)
    _put_together(stage, program, [ways[0] for ways in built], arena)()
    stage.device.synchronize()
    return arena.output(program.result)


def measure(
    stage: Stage, program: Program, built: Built, inputs: Sequence[Tiled], rows: Sequence[int]
) -> Measured:
    """Time a program, and what the card's own copy takes before and after.

    Before each repetition all memory is as it was at first, inputs too: an answer that a kernel
    leaves somewhere is gone when the next one begins.

    Parameters
    ----------
    inputs
        Of the host function; repetitions are given each of them shifted, in turn.
    rows
        Of the result along its last axis, counted through all others.
    """
    device = stage.device
    size = sum(tiled.nbytes for tiled in inputs)
    copy_bytes = _copy_bytes(stage, size + program.result.nbytes)
    source, target = (
        torch.empty(copy_bytes, dtype=torch.uint8, device=stage.where) for _ in range(2)
    )
    source.fill_(1)

    def copy() -> None:
        target.copy_(source)

    of_each = sum(storage.nbytes for storage in program.storages)
    room = stage.free_bytes() * 9 // 10 // max(1, of_each)
    count = max(1, min(_MOST_SETS, input_sets(max(1, size), stage.facts.cache_bytes), room))
    arenas = [
        Arena(program.storages, [tiled.shifted(number) for tiled in inputs], stage.where)
        for number in range(count)
    ]
    ways = _fastest(stage, program, built, arenas[0])
    runs = [_put_together(stage, program, ways, arena) for arena in arenas]
    before = repeat(device, [copy])
    run = repeat(device, runs, lambda number: arenas[number].reset())
    after = repeat(device, [copy])
    found = [arena.rows(program.result, rows) for arena in arenas]
    samples = Samples(run, before, after, 2 * copy_bytes)
    return Measured(samples, found, [number for number, _ in ways])


def _copy_bytes(stage: Stage, moved: int) -> int:
    """So much that one copy moves what a run moves, or a buffer that is far beyond the cache."""
    return min(max(moved // 2, stage.facts.buffer_bytes), max(1, stage.free_bytes() // 4))


def _put_together(
    stage: Stage, program: Program, ways: Sequence[tuple[int, Binary]], arena: Arena
) -> Callable[[], None]:
    """A program in its memory, which is done each time it is called."""
    remaining = iter(ways)
    steps: list[Callable[[], None]] = []
    for step in program.steps:
        if isinstance(step, Launch):
            number, binary = next(remaining)
            steps.append(stage.launches.prepare(binary, step.choices[number], arena))
        else:
            steps.append(partial(arena.do, step))

    def run() -> None:
        for each in steps:
            each()

    return run


def _fastest(
    stage: Stage, program: Program, built: Built, arena: Arena
) -> list[tuple[int, Binary]]:
    """Of each launch the way to make it that is fastest, one after the other."""
    remaining = iter(built)
    found: list[tuple[int, Binary]] = []
    done: list[Callable[[], None]] = []

    def restore() -> None:
        """Have the memory that the next launch finds: a counter at 0, for one."""
        arena.reset()
        for each in done:
            each()

    for step in program.steps:
        if not isinstance(step, Launch):
            done.append(partial(arena.do, step))
            continue
        ways = next(remaining)
        if len(ways) > 1:
            taken = [_try(stage, binary, step.choices[n], arena, restore) for n, binary in ways]
            ways = [ways[int(np.argmin(taken))]]
        number, binary = ways[0]
        found.append((number, binary))
        done.append(stage.launches.prepare(binary, step.choices[number], arena))
    return found


def _try(
    stage: Stage, binary: Binary, choice: Choice, arena: Arena, restore: Callable[[], None]
) -> float:
    """Milliseconds of a launch; infinity where the card does not take it."""
    device = stage.device
    try:
        launch = stage.launches.prepare(binary, choice, arena)
        restore()
        launch()
    except CardError as error:
        if error.kind != "refused":
            raise
        return float("inf")
    marks = []
    for _ in range(_TRIES):
        restore()
        device.flush()
        first = device.mark()
        launch()
        marks.append((first, device.mark()))
    device.synchronize()
    return min(device.elapsed(first, last) for first, last in marks)


class CardWorker(Worker):
    """Answers what the grader asks of one card."""

    @classmethod
    def prepare(cls) -> None:
        """Load what is found only now; the driver itself must not start before the fork."""
        torch.set_num_threads(1)
        with contextlib.suppress(OSError):
            ctypes.CDLL("libcuda.so.1")

    def __init__(self, pipe: wire.Pipe) -> None:
        super().__init__(pipe)
        self.stage: Stage | None = None

    def _open(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        # There is nowhere to keep what would be compiled again.
        os.environ |= {"CUDA_VISIBLE_DEVICES": header["uuid"], "CUDA_CACHE_DISABLE": "1"}
        try:
            self.stage = _stage()
        except (RuntimeError, AssertionError, CardError) as error:
            # Of PyTorch or the driver; no student code has been here.
            return {"op": "closed", "text": _first_line(error)}, []
        return {"op": "opened", "facts": self.stage.facts.to_json()}, []

    def _compute(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        stage, (program, built) = self._ready(), _program(header, read)
        values = [read.value(value) for value in header["values"]]
        out: list[memoryview] = []

        def work() -> dict[str, Any]:
            answer = compute(stage, program, built, values)
            return {"op": "computed", "output": wire.pack(answer, out)}

        return _guarded(work), out

    def _time(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        stage, (program, built) = self._ready(), _program(header, read)
        inputs = [
            Tiled(read.value(given["values"]), tuple(given["shape"]), given["shift"])
            for given in header["inputs"]
        ]
        out: list[memoryview] = []

        def work() -> dict[str, Any]:
            found = measure(stage, program, built, inputs, header["rows"])
            return {
                "op": "timed",
                "samples": found.samples.to_json(),
                "rows": [wire.pack(rows, out) for rows in found.rows],
                "chosen": found.chosen,
            }

        return _guarded(work), out

    def _ready(self) -> Stage:
        assert self.stage is not None
        return self.stage


def _stage() -> Stage:
    """The one card that this process may see."""
    device = TorchDevice()

    def free_bytes() -> int:
        torch.cuda.empty_cache()  # what earlier questions left with PyTorch is free too
        return int(torch.cuda.mem_get_info()[0])

    launcher = Launcher(int(torch.cuda.current_stream().cuda_stream))
    return Stage(device, launcher, device.torch, device.facts, free_bytes)


def _program(header: dict[str, Any], read: wire.Unpacker) -> tuple[Program, Built]:
    program = Program.from_json(header["program"], header["arguments"], header["nbytes"])
    binaries = [
        Binary.from_json(made, lambda v: read.value(v).tobytes()) for made in header["binaries"]
    ]
    return program, [[(n, binaries[b]) for n, b in ways] for ways in header["built"]]


def _guarded(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What came of it, or in what way the card refused."""
    try:
        return work()
    except torch.OutOfMemoryError:
        return {"op": "failed", "kind": "memory", "text": ""}
    except Unfit as unfit:
        return {"op": "failed", "kind": "unfit", "text": str(unfit)}
    except CardError as error:
        return {"op": "failed", "kind": error.kind, "text": error.text}
    except RuntimeError as error:  # of PyTorch, for what happened in a kernel before
        if not isinstance(error, torch.AcceleratorError) and "CUDA" not in str(error):
            raise
        told = _told(error)
        return {"op": "failed", "kind": told.kind, "text": told.text}


# What PyTorch says where it does not tell the number.
_SAID = {
    700: "illegal memory access",
    702: "launch timed out",
    710: "device-side assert",
    715: "illegal instruction",
    716: "misaligned address",
    717: "operation not supported on global/shared address space",
    718: "invalid program counter",
    719: "unspecified launch failure",
}


def _told(error: Exception) -> CardError:
    line = _first_line(error)
    code = getattr(error, "error_code", None)
    if type(code) is not int:
        code = next((number for number, said in _SAID.items() if said in line), 999)
    return card_error(code, re.sub(r"^CUDA error: ", "", line))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:_MESSAGE]
