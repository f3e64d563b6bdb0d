"""The worker that translates vetted kernels for a card."""

from __future__ import annotations

import subprocess
from typing import Any

import numpy as np
import triton
import triton.language as tl

from autograder.sandbox import wire
from autograder.sandbox.kernel import die_with_parent
from autograder.triton_tasks.binary import Binary
from autograder.triton_tasks.compiler import CompileFault, compile_kernel, variant
from autograder.triton_tasks.program import Choice, Launch, Program, Tensor
from autograder.triton_tasks.vetting import VettingWorker

__all__ = ["CompilingWorker"]

_ONE = (1, 1, 1)


# A kernel's parameters have no types; constants are capitals by custom.
@triton.jit  # type: ignore[untyped-decorator]  # Triton has no types
def _everyday(x_ptr, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def] # noqa: N803
    cols = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + cols, mask=cols < BLOCK - 1, other=0.0)
    x = tl.reshape(tl.exp2(x - tl.max(x, 0)), (16, BLOCK // 16))
    tl.store(x_ptr + cols, tl.reshape(tl.dot(x, tl.trans(x)), (256,)).to(tl.float32).sum() + cols)


class CompilingWorker(VettingWorker):
    """Compiles the launches of a program, each in the way that is chosen first."""

    def __init__(self, pipe: wire.Pipe) -> None:
        super().__init__(pipe)
        self._made: dict[tuple[int, str], Binary | CompileFault] = {}

    @classmethod
    def prepare(cls) -> None:
        """Have ptxas tell its figures, and end with the worker that started it."""
        triton.knobs.nvidia.dump_ptxas_log = True
        start = subprocess.Popen.__init__

        def started(self: Any, *args: Any, **kwargs: Any) -> None:
            start(self, *args, **{**kwargs, "preexec_fn": die_with_parent})

        # Triton starts ptxas itself, so this is the one place to say it; nothing else is started.
        subprocess.Popen.__init__ = started  # type: ignore[method-assign]
        # What the compiler sets up when it is first used takes longer than many a kernel.
        tensor = Tensor(0, "float32", (1,), (1,))
        choice = Choice(_ONE, {"x_ptr": tensor, "BLOCK": 256}, {})
        for capability in (90, 80, 75):
            compile_kernel({"_everyday": _everyday}, "_everyday", choice, capability)

    def _compile(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        program = Program.from_json(header["program"], header["arguments"], header["nbytes"])
        made: list[list[Any]] = []
        for step in program.steps:
            if not isinstance(step, Launch):
                continue
            for capability in header["capabilities"]:
                try:
                    got = self._compiled(step.kernel, step.choices[0], capability)
                except CompileFault as fault:
                    return self._fault(fault, step.kernel, capability), []
                figures = [got.registers, got.spilled_bytes, got.shared_bytes]
                made.append([step.kernel, capability, *figures])
                if got.spilled_bytes:
                    break  # it will not be better on another card, and takes long
        return {"op": "compiled", "made": made}, []

    def _build(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        """Code for one card: of each launch, each way to make it that compiles."""
        program = Program.from_json(header["program"], header["arguments"], header["nbytes"])
        body: list[memoryview] = []
        places: dict[int, int] = {}  # of what is launched repeatedly, and sent once
        made: list[Any] = []
        launches = []
        for step in program.steps:
            if not isinstance(step, Launch):
                continue
            ways, faults = [], []
            for number, choice in enumerate(step.choices):
                try:
                    binary = self._compiled(step.kernel, choice, header["capability"])
                except CompileFault as fault:
                    faults.append(fault)
                    continue
                if id(binary) not in places:  # ``_made`` keeps it, so its id stays its own
                    places[id(binary)] = len(made)
                    made.append(binary.to_json(lambda code: _packed(code, body)))
                ways.append([number, places[id(binary)]])
            if not ways:
                return self._fault(faults[0], step.kernel, header["capability"]), []
            launches.append(ways)
        return {"op": "built", "binaries": made, "launches": launches}, body

    def _compiled(self, kernel: str, choice: Choice, capability: int) -> Binary:
        """A kernel as one launch needs it, translated once for all launches that need the same."""
        key = (capability, variant(self.kernels, kernel, choice))
        if key not in self._made:
            try:
                self._made[key] = compile_kernel(self.kernels, kernel, choice, capability)
            except CompileFault as fault:
                self._made[key] = fault
        found = self._made[key]
        if isinstance(found, CompileFault):
            raise found
        return found

    def _fault(self, fault: Any, kernel: str, capability: int) -> dict[str, Any]:
        where = self.place(fault.line)
        reply = {"op": "fault", "kernel": kernel, "where": where}
        return {**reply, "capability": capability, "text": fault.text}


def _packed(code: bytes, body: list[memoryview]) -> Any:
    return wire.pack(np.frombuffer(code, np.uint8), body, len(code))
