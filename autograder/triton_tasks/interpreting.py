"""The worker that replays programs with vetted kernels, on the processor."""

from __future__ import annotations

from typing import Any

import triton

from autograder.sandbox import wire
from autograder.triton_tasks.program import Program
from autograder.triton_tasks.replay import KernelFault, Unsupported, probe, replay
from autograder.triton_tasks.vetting import VettingWorker

__all__ = ["InterpretingWorker"]

_broken: str | None = None


class InterpretingWorker(VettingWorker):
    """Runs programs under Triton's interpreter and counts the bytes that kernels move."""

    @classmethod
    def prepare(cls) -> None:
        """Find out whether the interpreter works with what is installed here."""
        global _broken
        triton.knobs.runtime.interpret = True  # of the environment nothing will be left
        _broken = probe()

    def _vet(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        if _broken is not None:
            return {"op": "broken", "text": _broken}, []
        return super()._vet(header, read)

    def _replay(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        program = Program.from_json(header["program"], header["arguments"], header["nbytes"])
        values = [read.value(value) for value in header["values"]]
        try:
            done = replay(self.kernels, program, values, self.path)
        except KernelFault as fault:
            reply = {"op": "fault", "text": fault.text, "where": self.place(fault.line)}
            return {**reply, "message": fault.message}, []
        except Unsupported as lack:
            return {
                "op": "fault",
                "text": f"Not replayed: {lack}",
                "where": None,
                "message": "",
            }, []
        out: list[memoryview] = []
        reply = {
            "op": "replayed",
            "output": wire.pack(done.output, out),
            "read": [k + c for k, c in zip(done.read, done.copied_read, strict=True)],
            "written": [k + c for k, c in zip(done.written, done.copied_written, strict=True)],
        }
        return reply, out
