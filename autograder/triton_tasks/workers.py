"""The grader's ends of the three workers of a Triton task."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.expect import Failed, Raised, Verdict
from autograder.process import Confined, Process, Work, quoted
from autograder.sandbox import wire
from autograder.sandbox.profiles import WorkerKind
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.program import Launch, NotAProgram, Program

__all__ = ["Compiler", "Interpreter", "Kernels", "Recorder"]

_HEADER = 1 << 20
_REPLY = 1 << 20
_TEXT = 400


class Recorder(Process):
    """The host function, on tensors that hold no data."""

    packages = "the standard library, NumPy, PyTorch and Triton"

    def __init__(self, work: Work, servers: Servers) -> None:
        super().__init__(replace(work, server=servers["record"]))
        self._answers = (*self._answers, "recorded", "refused")

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
    """

    def __init__(self, work: Work, servers: Servers, kind: WorkerKind) -> None:
        answers = ("vetted", "broken", "replayed", "compiled", "fault", "raised")
        super().__init__(work.clock, work.limits, servers[kind], answers)
        self._work = work
        self._names: list[str] = []
        self.printed = ""

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
            card = f"sm_{reply['capability']}"
            raise Failed(
                f"The kernel {reply['kernel']} does not compile for a card ({card}): "
                f"{reply['text'].rstrip('.')}{self.quoted(reply['where'])}."
            )
        made: list[list[Any]] = reply["made"]
        return made


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
