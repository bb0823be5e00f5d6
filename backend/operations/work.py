"""What an operation is made of: pieces of work in a thread or by the engine, and steps of the host between them."""

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from backend.errors import UserError
from backend.protocol.engine import Merge

BROKEN_OFF = "It was broken off; everything is as it was before."


class Cancelled(UserError):
    """The user broke it off, or the host closes; whoever catches it takes back what was begun, and raises it again."""


class Progress:
    """Shared by the thread that works and the host that looks: what is done, how much of it, and whether to stop."""

    def __init__(self, *, host_closes: Callable[[], bool] = lambda: False) -> None:
        self._cancel = threading.Event()
        self._host_closes = host_closes
        self.text = ""
        self.done = 0
        self.total = 0

    def step(self, text: str, total: int = 0) -> None:
        """Another stretch begins, of so many bytes. Raises Cancelled."""
        self.text, self.done, self.total = text, 0, total
        self.heed()

    def heed(self, more: int = 0) -> None:
        """So many bytes more are done. Raises Cancelled."""
        self.done += more
        if self.cancelled:
            raise Cancelled(BROKEN_OFF)

    def cancel(self) -> None:
        self._cancel.set()

    @property
    def cancelled(self) -> bool:
        return self._cancel.is_set() or self._host_closes()


@dataclass(frozen=True)
class Work:
    """A piece of work in a thread of its own: no database, only files and children. Its result is sent back."""

    text: str
    run: Callable[[Progress], Any]


@dataclass(frozen=True)
class Merging:
    """A piece of work for the engine; `Merged` is sent back, or MergeRefused, Cancelled or another UserError thrown."""

    text: str
    command: Merge


Steps = Generator[Work | Merging, Any, str]
"""One operation. Between two yields it runs in the host's thread, may use the database, and must be quick.

It returns what was done, in words for the user. What it raises ends it: a UserError is told, after everything that was
begun was taken back. A host or child that is killed at any point leaves the intent row: see `Recoverers`.
"""
