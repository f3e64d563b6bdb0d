"""The worker that translates vetted kernels for a card."""

from __future__ import annotations

import subprocess
from typing import Any

import triton
import triton.language as tl

from autograder.sandbox import wire
from autograder.sandbox.kernel import die_with_parent
from autograder.triton_tasks.compiler import CompileFault, compile_kernel
from autograder.triton_tasks.program import Choice, Launch, Program, Tensor
from autograder.triton_tasks.vetting import VettingWorker

__all__ = ["CompilingWorker"]


# Triton has no types, and a kernel's parameters have none; constants are capitals by custom.
@triton.jit  # type: ignore[untyped-decorator]
def _everyday(x_ptr, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def] # noqa: N803
    cols = tl.arange(0, BLOCK)
    x = tl.load(x_ptr + cols, mask=cols < BLOCK - 1, other=0.0)
    x = tl.reshape(tl.exp2(x - tl.max(x, 0)), (16, BLOCK // 16))
    tl.store(x_ptr + cols, tl.reshape(tl.dot(x, tl.trans(x)), (256,)).to(tl.float32).sum() + cols)


class CompilingWorker(VettingWorker):
    """Compiles the launches of a program, each in the way that is chosen first."""

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
        tensor, one = Tensor(0, "float32", (1,), (1,)), (1, 1, 1)
        choice = Choice(one, {"x_ptr": tensor, "BLOCK": 256}, {})
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
                    got = compile_kernel(self.kernels, step.kernel, step.choices[0], capability)
                except CompileFault as fault:
                    where = self.place(fault.line)
                    reply = {"op": "fault", "kernel": step.kernel, "where": where}
                    return {**reply, "capability": capability, "text": fault.text}, []
                figures = [got.registers, got.spilled_bytes, got.shared_bytes]
                made.append([step.kernel, capability, *figures])
                if got.spilled_bytes:
                    break  # it will not be better on another card, and takes long
        return {"op": "compiled", "made": made}, []
