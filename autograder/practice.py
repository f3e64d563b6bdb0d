"""For students: a function on several ranks, each a process of this machine.

    from autograder.practice import ranks

    parts = ranks(3).run(softmax_sharded, [x[:2], x[2:5], x[5:]])

Each rank calls ``softmax_sharded(shard, comm)`` in a process of its own and can reach the
others through ``comm`` alone. That is the interface that the exercise is graded with; when
it is graded, this module is an inert stub, so that it may stay imported.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from autograder.sandbox.collective import Communicator, Mismatch, combine, numbers_in
from autograder.sandbox.loader import StudentModules

__all__ = ["RankError", "Ranks", "ranks"]

# Forking carries any function along, from a notebook too; it is not safe on other systems.
_METHOD = "fork" if sys.platform == "linux" else "spawn"
_PATIENCE_S = 30.0


class RankError(RuntimeError):
    """What went wrong on one of the ranks, or between them."""


def ranks(n: int) -> Ranks:
    """``n`` ranks to run a function on.

    Raises
    ------
    ValueError
        When ``n`` is below 1.
    """
    return Ranks(n, _METHOD)


class Ranks:
    """Several ranks; see ``ranks``.

    Attributes
    ----------
    reduces
        For each all-reduce of the last run, how many numbers each rank sent.
    """

    def __init__(self, size: int, method: str) -> None:
        if size < 1:
            raise ValueError(f"there are {size} ranks; there must be at least 1")
        self._size = size
        self._context: Any = multiprocessing.get_context(method)
        self.reduces: list[int] = []

    def run(self, function: Callable[[Any, Communicator], Any], shards: Sequence[Any]) -> list[Any]:
        """``function(shard, comm)`` on each rank with its shard.

        Parameters
        ----------
        function
            Gets a shard and the communicator.
        shards
            One for each rank.

        Returns
        -------
        list
            What each rank returned, in their order.

        Raises
        ------
        ValueError
            When there are not as many shards as ranks.
        RankError
            When a rank raised or ended, said nothing for 30 seconds, or did not call
            ``all_reduce`` as the others did.
        NotImplementedError
            When a rank raised it.
        """
        if len(shards) != self._size:
            raise ValueError(f"there are {len(shards)} shards for {self._size} ranks")
        self.reduces = []
        group = [self._start(function, rank, shard) for rank, shard in enumerate(shards)]
        try:
            while True:
                words = [self._hear(rank, connection) for rank, (_, connection) in enumerate(group)]
                kinds = [kind for kind, _ in words]
                if "reduce" not in kinds:
                    return [answer for _, answer in words]
                if "returned" in kinds:
                    done, waits = kinds.index("returned"), kinds.index("reduce")
                    raise RankError(
                        f"rank {done} returned while rank {waits} waits in an all_reduce: every "
                        "rank must make the same calls"
                    )
                together = self._meet([sent for _, sent in words])
                for _, connection in group:
                    connection.send(together)
        finally:
            for process, connection in group:
                connection.close()
                process.kill()
                process.join()

    def _start(self, function: Any, rank: int, shard: Any) -> tuple[Any, Connection]:
        mine, theirs = self._context.Pipe()
        finder = None
        if self._context.get_start_method() == "spawn":
            # The module that the function is pickled by may be one that was never a file.
            finder = next((f for f in sys.meta_path if isinstance(f, StudentModules)), None)
            finder = finder and StudentModules(finder.sources, finder.modules)
            function = pickle.dumps(function)
        process = self._context.Process(
            target=_rank, args=(theirs, rank, self._size, finder, function, shard), daemon=True
        )
        process.start()
        theirs.close()
        return process, mine

    def _hear(self, rank: int, connection: Connection) -> tuple[str, Any]:
        try:
            if not connection.poll(_PATIENCE_S):
                raise RankError(f"rank {rank} has said nothing for {_PATIENCE_S:g} seconds")
            kind, what = connection.recv()
        except EOFError:
            raise RankError(f"the process of rank {rank} ended") from None
        if kind == "unwritten":
            raise NotImplementedError
        if kind == "raised":
            raise RankError(f"rank {rank} raised an exception\n\n{what}")
        return kind, what

    def _meet(self, sent: list[tuple[str, Any]]) -> Any:
        try:
            together = combine(sent)
        except Mismatch as problem:
            raise RankError(f"the ranks did not meet in one all_reduce: {problem}") from None
        self.reduces.append(numbers_in(together))
        return together


def _rank(
    connection: Connection,
    rank: int,
    size: int,
    finder: StudentModules | None,
    function: Any,
    shard: Any,
) -> None:
    """One rank's process."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        if finder is not None:
            finder.install()
        if isinstance(function, bytes):
            function = pickle.loads(function)  # noqa: S301 - the student's own function, sent by the process that started this one

        def meet(op: str, value: Any) -> Any:
            connection.send(("reduce", (op, value)))
            try:
                return connection.recv()
            except EOFError:
                os._exit(1)  # the other ranks have failed, and nobody listens any more

        connection.send(("returned", function(shard, Communicator(rank, size, meet))))
    except NotImplementedError:
        connection.send(("unwritten", None))
    except BaseException:
        connection.send(("raised", traceback.format_exc()))


def _end_with_parent() -> None:
    """An endless loop must not go on when nobody waits for it any more."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
