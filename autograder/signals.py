"""Ctrl-C and SIGTERM, heeded only where nothing is half done."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

__all__ = ["Signals", "Stopped"]

_HEEDED = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):  # so that nothing takes it for an error
    """Someone wants this to end.

    Attributes
    ----------
    number
        Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Signals:
    """Turns signals into ``Stopped``, raised only within ``heeded``. Use it with ``with``."""

    def __init__(self) -> None:
        self._pending: int | None = None
        self._is_open = False

    def __enter__(self) -> Signals:
        self._before: dict[int, Any] = {n: signal.signal(n, self._take) for n in _HEEDED}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _take(self, number: int, frame: FrameType | None) -> None:
        self._pending = number
        if self._is_open:
            self._is_open = False  # a second one does not disturb how the first is seen to
            raise Stopped(number)

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """Where waiting may be broken off."""
        self._is_open = True
        try:
            if self._pending is not None:
                raise Stopped(self._pending)
            yield
        finally:
            self._is_open = False
