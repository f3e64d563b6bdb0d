"""The fork servers of a grading, one for each kind of worker that it needs."""

from __future__ import annotations

from collections.abc import Collection
from types import TracebackType

from autograder.sandbox.client import ForkServer
from autograder.sandbox.kernel import ConfinementError
from autograder.sandbox.profiles import WorkerKind

__all__ = ["Servers"]


class Servers:
    """Each server is started when it is first asked for. Use it with ``with``.

    Parameters
    ----------
    without
        Protections to leave out; see ``confine.Confinement``.
    """

    def __init__(self, without: Collection[str] = ()) -> None:
        self._without = without
        self._servers: dict[WorkerKind, ForkServer] = {}

    def __enter__(self) -> Servers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._servers.values():
            server.close()

    def __getitem__(self, kind: WorkerKind) -> ForkServer:
        """The server of these workers.

        Raises
        ------
        ConfinementError
            When one that was started later has less in force than the first, by which it was
            judged whether that is enough.
        """
        if kind not in self._servers:
            self._servers[kind] = server = ForkServer(self._without, kind)
            first = next(iter(self._servers.values()))
            if server is not first and server.facts != first.facts:
                missing = "; ".join(server.missing) or "a control group"
                raise ConfinementError(f"workers of the kind {kind} lack protections: {missing}")
        return self._servers[kind]
