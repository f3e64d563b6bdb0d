"""The grader's ends of the four workers of a Triton task."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.expect import Failed, Raised, Verdict
from autograder.process import Clock, Confined, Process, Reply, Work, quoted
from autograder.sandbox import wire
from autograder.sandbox.kernel import ConfinementError
from autograder.sandbox.profiles import WorkerKind
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.binary import Binary, NotABinary
from autograder.triton_tasks.facts import Facts, NotFacts
from autograder.triton_tasks.nickname import inert
from autograder.triton_tasks.program import ITEMSIZES, Launch, NotAProgram, Program
from autograder.triton_tasks.samples import NotSamples, Samples
from autograder.triton_tasks.tiled import Tiled

__all__ = ["Compiler", "Interpreter", "Kernels", "OnCard", "Recorder", "Timing"]

_HEADER = 1 << 20
_REPLY = 1 << 20
_TEXT = 400
_CODE = 256 << 20  # of all ways to launch all kernels
_SETS = 6  # of inputs, at most
_START_S = 60.0  # for CUDA to start
_HOST_MEMORY = 4 << 30  # that a driver and PyTorch take beside the card's own


class Recorder(Process):
    """The host function, on tensors that hold no data.

    Parameters
    ----------
    facts
        Of the card that it is to believe in; without, of the model card.
    """

    packages = "the standard library, NumPy, PyTorch and Triton"

    def __init__(self, work: Work, servers: Servers, facts: Facts | None = None) -> None:
        super().__init__(replace(work, server=servers["record"]))
        self._answers = (*self._answers, "recorded", "refused", "presented")
        self._facts = facts

    def greet(self) -> None:
        super().greet()
        if self._facts:
            self.tell({"op": "present", "facts": self._facts.to_json()}, [])
            self.hear(_HEADER)

    def record(
        self, function: str, args: Sequence[Any], kwargs: Mapping[str, Any], nbytes: int
    ) -> Program:
        """What a call does.

        Parameters
        ----------
        function
            Its name.
        args, kwargs
            Its arguments; of an array only type, shape and strides get there.
        nbytes
            That it may allocate.

        Raises
        ------
        Verdict
            ``forbidden`` when it does what cannot be replayed.
        """
        self.start()
        self.expect_loaded(function)
        source = self._work.code.sources[self._work.code.modules[self._work.name]]
        body: list[memoryview] = []
        header = {
            "op": "record",
            "function": function,
            "path": source.path,
            "notebook": source.notebook,
            "args": [_described(a, body) for a in args],
            "kwargs": {name: _described(a, body) for name, a in kwargs.items()},
        }
        self.tell(header, body)
        reply = self.hear(_HEADER)
        self.expect_returned(function, reply)
        if reply.header["op"] == "refused":
            # In words of the process that runs the host function, which knows no input's values.
            text = str(reply.header.get("text"))[:_TEXT].rstrip(".")
            where = self._where(reply.header.get("where"))
            raise Verdict(f"{text}{where}.", status="forbidden")
        arrays = [a for a in (*args, *kwargs.values()) if isinstance(a, np.ndarray)]
        try:
            return Program.from_json(reply.header.get("program"), [span(a) for a in arrays], nbytes)
        except NotAProgram:
            raise Failed(
                "What the function did cannot be replayed: too many launches or too much memory, "
                "or a tensor that it returned or passed to a kernel lies outside its memory."
            ) from None


class Kernels(Confined):
    """A worker that holds the vetted kernels of the student's file.

    Parameters
    ----------
    kind
        Of the worker: ``interpret`` or ``compile``.

    Attributes
    ----------
    printed
        What the kernels printed.
    nickname
        Stands in the file, for the class's ranking; empty if there is none, or none yet.
    """

    def __init__(self, work: Work, servers: Servers, kind: WorkerKind) -> None:
        answers = ("vetted", "broken", "replayed", "compiled", "built", "fault", "raised")
        super().__init__(work.clock, work.limits, servers[kind], answers)
        self._work = work
        self._names: list[str] = []
        self.printed = ""
        self.nickname = ""

    def start(self) -> None:
        """Have a worker with the kernels in it.

        Raises
        ------
        Verdict
            ``forbidden`` when the kernels are not vetted; ``deferred`` when Triton's interpreter
            does not work on this machine.
        """
        if self.running:
            return
        self.fork()
        self.greet()
        source = self._work.code.sources[self._work.code.modules[self._work.name]]
        body: list[memoryview] = []
        header = {"op": "vet", "path": source.path, "notebook": source.notebook}
        reply = self.ask({**header, "text": wire.pack(source.text, body)}, body, 0)
        if reply["op"] == "broken":
            self.close()
            raise Verdict(f"Not run on this machine: {reply['text']}", status="deferred")
        # The worker has read a student's text, so it is not believed.
        self.nickname = inert(str(reply["nickname"]))
        if reply["refusals"]:
            self.close()
            said = [f"{t.rstrip('.')}{self.quoted(place)}." for place, t in reply["refusals"]]
            raise Verdict(" ".join(said), status="forbidden")
        self._names = reply["kernels"]

    def expect_kernels(self, program: Program) -> None:
        """Require that what a program launches is among the kernels, and that it launches any."""
        launched = [step.kernel for step in program.steps if isinstance(step, Launch)]
        if not launched:
            raise Failed(
                "The function launches no kernel of its file, so nothing computed what it returns."
            )
        for name in launched:
            if name not in self._names:
                shown = f"`{name}`" if self._work.code.mentions(name) else "that is launched"
                raise Verdict(
                    f"The kernel {shown} is no function under @triton.jit at the top of the file, "
                    "where the grader looks for it.",
                    status="forbidden",
                )

    def ask(self, header: dict[str, Any], body: list[memoryview], size_cap: int) -> dict[str, Any]:
        """One question and its answer, whose body is kept in it."""
        self.tell(header, body)
        reply = self.hear(size_cap)
        self.printed += str(reply.header.get("printed", ""))
        if reply.header["op"] == "raised":
            if "MemoryError" in reply.header.get("bases", ()):
                raise Verdict(self._too_much_memory(), status="out_of_memory")
            # No student code runs there: it is ours.
            raise RuntimeError(f"{header['op']} of a Triton task: {reply.header.get('message')}")
        return {**reply.header, "body": reply.body}

    def quoted(self, place: object) -> str:
        """A place in the student's file, in brackets, with its line."""
        return quoted(self._work.code, place)


class Interpreter(Kernels):
    """Replays programs on the processor."""

    def replay(
        self, program: Program, arrays: Sequence[np.ndarray[Any, Any]], nbytes: int
    ) -> tuple[np.ndarray[Any, Any], list[int], list[int]]:
        """What a program returns on these arrays, and bytes read and written by storage."""
        self.start()
        self.expect_kernels(program)
        size_cap = _REPLY + 4 * sum(span(a) for a in arrays)
        if math.prod(n or 1 for n in program.result.shape) * 8 > size_cap:
            raise Failed("The answer is far larger than the question allows.")
        body: list[memoryview] = []
        header = {
            "op": "replay",
            "program": program.to_json(),
            "arguments": [span(a) for a in arrays],
            "nbytes": nbytes,
            "values": [wire.pack(_memory(a), body) for a in arrays],
        }
        reply = self.ask(header, body, size_cap)
        if reply["op"] == "fault":
            self.close()
            text = f"{reply['text'].rstrip('.')}{self.quoted(reply['where'])}."
            raise Raised(text, f"It says: {reply['message']}")
        return reply["body"].value(reply["output"]), reply["read"], reply["written"]


class Compiler(Kernels):
    """Translates the kernels of programs."""

    def compile(
        self, program: Program, arguments: Sequence[int], nbytes: int, capabilities: Sequence[int]
    ) -> list[list[Any]]:
        """For each launch and card: kernel, capability, registers, spilled and shared bytes."""
        self.start()
        header = {
            "op": "compile",
            "program": program.to_json(),
            "arguments": list(arguments),
            "nbytes": nbytes,
            "capabilities": list(capabilities),
        }
        reply = self.ask(header, [], 0)
        if reply["op"] == "fault":
            raise self._not_compiled(reply)
        made: list[list[Any]] = reply["made"]
        return made

    def build(
        self, program: Program, arguments: Sequence[int], nbytes: int, capability: int
    ) -> Built:
        """The code of each launch for a card."""
        self.start()
        self.expect_kernels(program)
        header = {
            "op": "build",
            "program": program.to_json(),
            "arguments": list(arguments),
            "nbytes": nbytes,
            "capability": capability,
        }
        reply = self.ask(header, [], _CODE)
        if reply["op"] == "fault":
            raise self._not_compiled(reply)
        try:
            return _built(reply, program)
        except (NotABinary, wire.ProtocolError, LookupError, TypeError, ValueError):
            self.garbled()

    def _not_compiled(self, reply: Mapping[str, Any]) -> Failed:
        card = f"sm_{reply['capability']}"
        return Failed(
            f"The kernel {reply['kernel']} does not compile for a card ({card}): "
            f"{reply['text'].rstrip('.')}{self.quoted(reply['where'])}."
        )


@dataclass(frozen=True)
class Timing:
    """What came of a program that was timed.

    Attributes
    ----------
    rows
        By set of inputs: the rows of the result that were asked for.
    chosen
        Of each launch the number of its choice.
    """

    samples: Samples
    rows: list[np.ndarray[Any, Any]]
    chosen: list[int]


Built = list[list[tuple[int, Binary]]]
"""Of each launch the ways that compiled: number of the choice, and the code."""


class OnCard(Confined):
    """Runs programs on a card, in a process that is replaced once it has failed.

    Raises
    ------
    Verdict
        ``deferred`` where no such process can be had.
    """

    def __init__(self, work: Work, servers: Servers) -> None:
        answers = ("opened", "closed", "computed", "timed", "failed", "raised")
        if lacking := missing_card_packages():
            raise _deferred(f"it needs {' and '.join(lacking)}")
        try:
            server = servers["card"]
        except ConfinementError as error:
            raise _deferred(_last_line(error)) from None
        limits = replace(work.limits, memory_bytes=_HOST_MEMORY)
        super().__init__(work.clock, limits, server, answers)
        self._uuid = ""

    def open(self, uuid: str) -> Facts:
        """Have a worker that holds this card.

        Raises
        ------
        Verdict
            ``deferred`` when it cannot have it.
        """
        self._uuid = uuid
        try:
            self.fork()
            self.greet()
        except ConfinementError as error:
            raise _deferred(_last_line(error)) from None
        # Nothing of a student's is there yet, so neither their time nor their points are at stake.
        theirs, self._clock = self._clock, Clock(_START_S, left=_START_S)
        try:
            self.tell({"op": "open", "uuid": uuid}, [])
            reply = self.hear(_REPLY).header
        except Verdict as verdict:
            text = f"CUDA does not start in a confined process ({verdict.status})"
            raise _deferred(text) from None
        finally:
            self._clock = theirs
        if reply["op"] != "opened":
            self.close()
            raise _deferred(str(reply.get("text") or reply.get("message"))[:_TEXT])
        try:
            return Facts.from_json(reply.get("facts"))
        except NotFacts:
            self.garbled()

    def compute(
        self, program: Program, built: Built, arrays: Sequence[np.ndarray[Any, Any]], nbytes: int
    ) -> np.ndarray[Any, Any]:
        """What a program returns on these arrays."""
        body: list[memoryview] = []
        header = {
            **_program(program, built, [span(a) for a in arrays], nbytes, body),
            "op": "compute",
            "values": [wire.pack(_memory(a), body) for a in arrays],
        }
        size_cap = _REPLY + 4 * sum(span(a) for a in arrays)
        if math.prod(n or 1 for n in program.result.shape) * 8 > size_cap:
            raise Failed("The answer is far larger than the question allows.")
        reply = self._ask(header, body, size_cap)
        return self._typed(
            reply, reply.header.get("output"), program.result.dtype, program.result.shape
        )

    def time(
        self,
        program: Program,
        built: Built,
        inputs: Sequence[Tiled],
        nbytes: int,
        rows: Sequence[int],
    ) -> Timing:
        """How long a program takes, and these rows of what it gives."""
        body: list[memoryview] = []
        header = {
            **_program(program, built, [t.nbytes for t in inputs], nbytes, body),
            "op": "time",
            "inputs": [
                {"values": wire.pack(_plain(t.values), body), "shape": t.shape, "shift": t.shift}
                for t in inputs
            ],
            "rows": [int(row) for row in rows],
        }
        result = program.result
        if not rows or max(rows) >= math.prod(result.shape[:-1]):
            raise Failed("The answer has too few rows.")
        length = result.shape[-1]
        size_cap = _REPLY + _SETS * len(rows) * length * ITEMSIZES[result.dtype]
        reply = self._ask(header, body, size_cap)
        sets = reply.header.get("rows")
        chosen = reply.header.get("chosen")
        try:
            samples = Samples.from_json(reply.header.get("samples"))
        except NotSamples:
            self.garbled()
        possible = [[number for number, _ in ways] for ways in built]
        if (
            type(sets) is not list
            or not 0 < len(sets) <= _SETS
            or type(chosen) is not list
            or len(chosen) != len(built)
            or not all(n in numbers for n, numbers in zip(chosen, possible, strict=True))
        ):
            self.garbled()
        shape = (len(rows), length)
        found = [self._typed(reply, packed, result.dtype, shape) for packed in sets]
        return Timing(samples, found, chosen)

    def _ask(self, header: dict[str, Any], body: list[memoryview], size_cap: int) -> Reply:
        if not self.running:
            self.open(self._uuid)
        self.tell(header, body)
        reply = self.hear(size_cap)
        if reply.header["op"] == "raised":
            if "MemoryError" in reply.header.get("bases", ()):
                raise Verdict(self._too_much_memory(), status="out_of_memory")
            # No student code runs there: it is ours.
            raise RuntimeError(f"{header['op']} on a card: {reply.header.get('message')}")
        if reply.header["op"] == "failed":
            self.close()  # a card's context that has failed once is of no use
            raise _failure(reply.header)
        return reply

    def _typed(
        self, reply: Reply, described: Any, dtype: str, shape: tuple[int, ...]
    ) -> np.ndarray[Any, Any]:
        """What has travelled as bytes, as what it is."""
        nbytes = math.prod(shape) * ITEMSIZES[dtype]
        try:
            array = reply.body.value(described)
        except wire.ProtocolError:
            self.garbled()
        if type(array) is not np.ndarray or (array.dtype, array.size) != (np.uint8, nbytes):
            self.garbled()
        typed: np.ndarray[Any, Any] = array.reshape(-1).view(_numpy_dtype(dtype)).reshape(shape)
        return typed


def missing_card_packages() -> list[str]:
    """What a card's process needs and is not installed here, in words."""
    needed = {"torch": "PyTorch", "cuda.bindings": "cuda-bindings"}
    return [name for package, name in needed.items() if not _is_installed(package)]


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:  # not even what it is in
        return False


def _deferred(reason: str) -> Verdict:
    return Verdict(f"Not run on this machine's card: {reason.rstrip('.')}.", status="deferred")


def _last_line(error: Exception) -> str:
    """Of what may be a whole traceback of a process that did not start."""
    return str(error).strip().rpartition("\n")[2][:_TEXT]


def _failure(header: Mapping[str, Any]) -> Verdict:
    """The verdict on what a card refused."""
    kind, text = header.get("kind"), str(header.get("text"))[:_TEXT]
    if kind == "memory":
        text = "The card's memory ran out: more is allocated than inputs and outputs need."
        return Verdict(text, status="out_of_memory")
    if kind == "unfit":
        return Failed(f"Not run: {text}.")
    if kind == "timeout":
        return Verdict(f"A kernel was ended on the card: {text}.", status="timeout")
    return Verdict(f"A kernel went wrong on the card: {text}.", status="crashed")


def _built(reply: Mapping[str, Any], program: Program) -> Built:
    """Compiled code as it arrives: of each launch at least one way, each one of its choices."""
    read = reply["body"]
    binaries = [Binary.from_json(b, lambda v: bytes(read.value(v).data)) for b in reply["binaries"]]
    launches = [step for step in program.steps if isinstance(step, Launch)]
    built: Built = []
    for launch, ways in zip(launches, reply["launches"], strict=True):
        if not ways or not all(type(n) is type(b) is int and min(n, b) >= 0 for n, b in ways):
            raise ValueError
        built.append([(n, binaries[b]) for n, b in ways if launch.choices[n]])
    return built


def _program(
    program: Program, built: Built, arguments: list[int], nbytes: int, body: list[memoryview]
) -> dict[str, Any]:
    def packed(code: bytes) -> Any:
        return wire.pack(np.frombuffer(code, np.uint8), body)

    # What is launched again and again travels once.
    every = {id(binary): binary for ways in built for _, binary in ways}
    places = {identity: place for place, identity in enumerate(every)}
    return {
        "program": program.to_json(),
        "arguments": arguments,
        "nbytes": nbytes,
        "binaries": [binary.to_json(packed) for binary in every.values()],
        "built": [[[number, places[id(b)]] for number, b in ways] for ways in built],
    }


def _plain(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array as it travels: bfloat16 as the bits that it is."""
    return array.view(np.uint16) if array.dtype.name == "bfloat16" else array


def _numpy_dtype(name: str) -> np.dtype[Any]:
    if name != "bfloat16":
        return np.dtype(name)
    import ml_dtypes

    dtype: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
    return dtype


def span(array: np.ndarray[Any, Any]) -> int:
    """Bytes of memory from an array's first element to its last."""
    if not array.size:
        return 0
    last: int = sum((n - 1) * s for n, s in zip(array.shape, array.strides, strict=True))
    return array.itemsize + last


def _memory(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """That memory; NaN in its gaps, for nothing of them may get into an answer."""
    memory = np.full(span(array), 0xFF, np.uint8)
    np.ndarray(array.shape, array.dtype, memory.data, 0, array.strides)[...] = array
    return memory


def _described(value: Any, body: list[memoryview]) -> dict[str, Any]:
    if isinstance(value, np.ndarray):
        strides = [s // value.itemsize for s in value.strides]
        return {"tensor": [value.dtype.name, list(value.shape), strides]}
    return {"value": wire.pack(value, body)}
