"""Ranks: one confined process each, which meet in the grader and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.expect import Failed, Verdict
from autograder.process import Process, Reply, Work
from autograder.sandbox import wire
from autograder.sandbox.collective import LARGEST, OPS, Mismatch, combine, numbers_in

__all__ = ["Meeting", "Ranks"]


@dataclass
class Meeting:
    """One call on several ranks.

    Attributes
    ----------
    answers
        What each rank returned.
    shards
        Each rank's shard as the call left it.
    reduces
        For each all-reduce, in order, how many numbers each rank sent.
    """

    answers: list[Any] = field(default_factory=list)
    shards: list[Any] = field(default_factory=list)
    reduces: list[int] = field(default_factory=list)


class Ranks:
    """The rank processes of one exercise of one submission, kept from call to call."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._processes: list[Process] = []

    def close(self) -> None:
        for process in self._processes:
            process.close()

    @property
    def peak_bytes(self) -> int | None:
        """Of memory that one rank took at the most; None while none has ended."""
        return max(
            (p.peak_bytes for p in self._processes if p.peak_bytes is not None), default=None
        )

    def take_printed(self) -> str:
        """What the ranks printed since this was last asked for."""
        return "".join(process.take_printed() for process in self._processes)

    def call(self, function: str, shards: Sequence[Any]) -> Meeting:
        """Call ``function(shard, comm)`` on as many ranks as there are shards.

        Each rank says one thing at a time, a value to be reduced or its answer, and then
        waits. So one word of each makes a round, and a rank that says nothing runs out of
        time, whatever the others wait for.

        Raises
        ------
        Verdict
            When a rank fails, or they do not meet. All ranks end then.
        """
        size = len(shards)
        while len(self._processes) < size:
            self._processes.append(Process(self._work))
        ranks = self._processes[:size]
        meeting = Meeting()
        try:
            self._start(ranks)
            caps = []
            for rank, (process, shard) in enumerate(zip(ranks, shards, strict=True)):
                with _on(rank, size):
                    comm = wire.Handle("communicator", (rank, size))
                    caps.append(process.ask(function, [([shard, comm], {})], return_args=True))
            while (replies := self._round(ranks, function, caps))[0].is_question:
                began = time.monotonic()
                self._meet(ranks, replies, meeting)
                # The grader's work, but of the student's making, and as large as they make it.
                self._work.clock.spend(time.monotonic() - began)
            for rank, (process, reply) in enumerate(zip(ranks, replies, strict=True)):
                with _on(rank, size):
                    answer, after = process.returned(function, reply, 2)
                    meeting.answers.append(answer)
                    meeting.shards.append(after[0] if type(after) is list and after else None)
        except BaseException:
            self.close()  # some of them still wait for the others
            raise
        return meeting

    def _start(self, ranks: Sequence[Process]) -> None:
        """Start those that do not run, all at the same time."""
        fresh = [(rank, p) for rank, p in enumerate(ranks) if not p.running]
        for step in (Process.fork, Process.load, Process.loaded):
            for rank, process in fresh:
                with _on(rank, len(ranks)):
                    step(process)

    def _round(self, ranks: Sequence[Process], function: str, caps: Sequence[int]) -> list[Reply]:
        """One word of each rank: all of them questions, or all of them answers."""
        size = len(ranks)
        replies = []
        for rank, (process, cap) in enumerate(zip(ranks, caps, strict=True)):
            with _on(rank, size):
                reply = process.hear(2 * cap)
                # An exception is told as such, also where the others wait.
                if reply.header["op"] in ("raised", "missing"):
                    process.returned(function, reply, 0)
                replies.append(reply)
        waiting = [rank for rank, reply in enumerate(replies) if reply.is_question]
        if 0 < len(waiting) < size:
            done = next(rank for rank in range(size) if rank not in waiting)
            raise Failed(
                f"Rank {done} of {size} had its answer while rank {waiting[0]} still waited in "
                "an all_reduce: every rank must make the same calls, also one with nothing to "
                "add."
            )
        return replies

    def _meet(self, ranks: Sequence[Process], replies: Sequence[Reply], meeting: Meeting) -> None:
        """Combine what the ranks sent, and give it to each."""
        sent = []
        for rank, (process, reply) in enumerate(zip(ranks, replies, strict=True)):
            with _on(rank, len(ranks)):
                sent.append(_sent(process, reply))
        try:
            together = combine(sent)
        except Mismatch as problem:
            raise Failed(f"The ranks did not meet in one all_reduce: {problem}.") from None
        meeting.reduces.append(numbers_in(together))
        body: list[memoryview] = []
        value = wire.pack(together, body)
        for rank, process in enumerate(ranks):
            with _on(rank, len(ranks)):
                process.give(value, list(body))


def _sent(process: Process, reply: Reply) -> tuple[str, Any]:
    """The operation and the value in a rank's question, which must be those it can send."""
    op = reply.header.get("reduce")
    try:
        value = reply.body.value(reply.header["value"])
        reply.body.done()
    except (wire.ProtocolError, KeyError):
        process.garbled()
    is_array = type(value) is np.ndarray and value.ndim and value.dtype.kind in "fiub"
    if op not in OPS or not (type(value) is float or (is_array and value.nbytes <= LARGEST)):
        process.garbled()
    return str(op), value


@contextmanager
def _on(rank: int, size: int) -> Iterator[None]:
    """Say on which rank it went wrong."""
    try:
        yield
    except Verdict as verdict:
        # What is not there is there on no rank.
        if size > 1 and verdict.status != "missing":
            verdict.feedback = f"On rank {rank} of {size}: {verdict.feedback}"
        raise
