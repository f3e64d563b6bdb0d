"""The grader's end of the process that times an assignment's baselines.

What runs there is trusted: PyTorch, and a file of the assignment. It is a process of its own
because a card's faults end the process that has them, and because the grader imports no PyTorch.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from autograder.triton_tasks.facts import Facts
from autograder.triton_tasks.samples import Repetitions, Samples
from autograder.triton_tasks.tiled import Tiled

__all__ = ["Baselines", "NotMeasured"]

_PROGRAM = (sys.executable, "-m", "autograder.triton_tasks.baselining")
_LAST_WORDS = 2_000
_START_S = 120.0  # PyTorch alone takes seconds to be imported


class NotMeasured(Exception):
    """There is no figure, and why, in words."""


class Baselines:
    """Use it, then close it: a process that has PyTorch and one card.

    It starts at once, and is waited for when it is first asked.

    Parameters
    ----------
    file
        The assignment's baselines; need not be there.
    uuid
        Of the card.
    seconds
        For each answer.
    """

    def __init__(self, file: Path, uuid: str, seconds: float = 120.0) -> None:
        self._seconds = seconds
        self._file = file
        self._uuid = uuid
        self._process: subprocess.Popen[bytes] | None = None
        self._hello: dict[str, Any] | None = None
        self._start()

    def __enter__(self) -> Baselines:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, and whatever it has started."""
        process, self._process, self._hello = self._process, None, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout, self._messages):
                with contextlib.suppress(OSError):  # what it did not read is lost with it
                    if pipe is not None:
                        pipe.close()

    @property
    def facts(self) -> Facts:
        """Of the card, as PyTorch has it; raises ``NotMeasured``."""
        return Facts.from_json(self._greeted()["facts"])

    @property
    def versions(self) -> dict[str, str | None]:
        """Of PyTorch, and of what of CUDA it was built for; raises ``NotMeasured``."""
        versions: dict[str, str | None] = self._greeted()["versions"]
        return versions

    def measure(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Samples | str]:
        """How long each baseline takes, or why it takes no time, by its name.

        Parameters
        ----------
        args, kwargs
            Arrays are ``Tiled`` and among ``args``.

        Raises
        ------
        NotMeasured
            When not even a copy could be timed.
        """
        names = self._greeted()["functions"]
        arrays = [a for a in args if isinstance(a, Tiled)]
        request = {"op": "measure", "arguments": [_described(a) for a in args], "kwargs": kwargs}
        found: dict[str, Samples | str] = {}
        try:
            self._ask(request, [a.values for a in arrays])
            while (answer := self._answer()) != {"done": True}:
                if "name" not in answer:
                    self.close()  # a card that failed once fails that process for good
                    raise NotMeasured(answer["error"])
                is_told = "samples" in answer
                found[answer["name"]] = (
                    Samples.from_json(answer["samples"]) if is_told else answer["error"]
                )
        except _Ended as ended:
            if not found:
                raise NotMeasured(str(ended)) from None
            # The one that was under way, and those for which nobody is left.
            found |= {name: str(ended) for name in names if name not in found}
        return found

    def matmul_tflops(self) -> float:
        """What the card's own product of large matrices reaches, in 1e12 operations a second.

        Of 8,192 by 8,192 random numbers, in bfloat16, before 8.0 in float16; raises
        ``NotMeasured``.
        """
        self._greeted()
        try:
            self._ask({"op": "matmul"}, [])
            answer = self._answer()
        except _Ended as ended:
            raise NotMeasured(str(ended)) from None
        if "error" in answer:
            raise NotMeasured(answer["error"])
        got = Repetitions.from_json(answer["repetitions"])
        flops: int = answer["flops"]
        return flops / float(np.median(got.milliseconds)) / 1e9

    # -------------------------------------------------------------- the process

    def _start(self) -> None:
        # To a file: a process that nobody listens to would wait for room in a pipe.
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115 - ``close`` closes it
        self._rest = b""
        environment = {
            **os.environ,
            "CUDA_VISIBLE_DEVICES": self._uuid,
            # PyTorch's compiler starts processes of its own, which outlive it, if it may.
            "TORCHINDUCTOR_COMPILE_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [*_PROGRAM, str(self._file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._messages,
            env=environment,
            start_new_session=True,
        )

    def _greeted(self) -> dict[str, Any]:
        """What it says first; starts another one where the last has ended."""
        if self._process is None:
            self._start()
        if self._hello is None:
            try:
                hello = self._answer(_START_S)
            except _Ended as ended:
                raise NotMeasured(str(ended)) from None
            if "error" in hello:
                self.close()
                raise NotMeasured(hello["error"])
            self._hello = hello
        return self._hello

    def _ask(self, request: Mapping[str, Any], arrays: Sequence[np.ndarray[Any, Any]]) -> None:
        assert self._process is not None
        pipe = self._process.stdin
        assert pipe is not None
        try:
            pipe.write(json.dumps(request).encode() + b"\n")
            for array in arrays:
                pipe.write(np.ascontiguousarray(array).view(np.uint8).data)
            pipe.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def _answer(self, seconds: float | None = None) -> dict[str, Any]:
        """The next line, for which it has its time."""
        seconds = self._seconds if seconds is None else seconds
        assert self._process is not None
        pipe = self._process.stdout
        assert pipe is not None
        ends = time.monotonic() + seconds
        while b"\n" not in self._rest:
            if not _readable(pipe, ends - time.monotonic()):
                self.close()
                raise _Ended(f"it took longer than {seconds:g} s")
            data = os.read(pipe.fileno(), 1 << 16)
            if not data:
                raise self._ended()
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ended(self) -> _Ended:
        """What is told of a process that is no more: its last words."""
        assert self._process is not None
        code = self._process.wait()
        self._messages.seek(0, os.SEEK_END)
        self._messages.seek(max(0, self._messages.tell() - _LAST_WORDS))
        said = self._messages.read().decode(errors="replace").strip().rpartition("\n")[2]
        self.close()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return _Ended(f"its process ended with {how}{f': {said}' if said else ''}")


class _Ended(Exception):
    """The process is no more, and why."""


def _readable(pipe: IO[bytes], seconds: float) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        return bool(selector.select(max(0.0, seconds)))


def _described(argument: Any) -> dict[str, Any]:
    if not isinstance(argument, Tiled):
        return {"value": argument}
    values = argument.values
    return {
        "dtype": values.dtype.name,
        "shape": argument.shape,
        "shift": argument.shift,
        "nbytes": values.nbytes,
    }
