"""The course of one merge: tells how far it is, and breaks it off where that is wished."""

import time

from backend.engine.control import Control
from backend.engine.reporter import Outlet
from backend.protocol.engine import Activity

TELL_SECONDS = 0.2
"""Between two words about the same stretch."""


class MergeCancelled(Exception):
    """The user wants no version after all, or the host leaves."""


class Course:
    """Asked between tensors, batches and steps."""

    def __init__(self, control: Control, reporter: Outlet) -> None:
        self._control = control
        self._reporter = reporter
        self._text = ""
        self._done = 0
        self._total = 0
        self._told_at = 0.0

    def step(self, text: str, total: int = 0) -> None:
        """Another stretch begins, of `total` bytes or tokens; 0 where that is not known. Raises MergeCancelled."""
        self._text, self._done, self._total = text, 0, total
        self._tell()
        self.heed()

    def heed(self, more: int = 0) -> None:
        """So much more is done. Raises MergeCancelled."""
        self._done += more
        if self._control.wants_no_merge():
            raise MergeCancelled
        if more and time.monotonic() - self._told_at >= TELL_SECONDS:
            self._tell()

    def goes_on(self, _live: int = 0) -> bool:
        """For what asks whether to go on. Raises MergeCancelled."""
        self.heed()
        return True

    def reach(self, done: int, total: int) -> None:
        """So much of so much is done. Raises MergeCancelled."""
        self._total = total
        self.heed(done - self._done)

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        done = min(self._done, self._total) if self._total else self._done
        self._reporter.send(Activity(text=self._text, done=done, total=self._total))
