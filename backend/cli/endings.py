"""SIGINT, SIGTERM and SIGHUP (on Windows Ctrl-Break) mean stop: noted here, acted on between two pumps."""

import signal
import sys
from types import FrameType
from typing import Any, Self

NAMES = ("SIGINT", "SIGTERM", "SIGBREAK") if sys.platform == "win32" else ("SIGINT", "SIGTERM", "SIGHUP")


class Stopped(Exception):
    """A signal came before there was anything to save."""


class Endings:
    """While open, signals are counted instead of ending the process, so that nothing is cut off half-way.

    One that is ignored already stays so: `nohup` means it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.name = ""
        """Of the last one that came."""
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for name in NAMES:
            number = signal.Signals[name]
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._came)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def raise_if_any(self) -> None:
        """Raises Stopped once a signal has come."""
        if self.count:
            raise Stopped(self.name)

    def _came(self, number: int, _frame: FrameType | None) -> None:
        self.count += 1
        self.name = signal.Signals(number).name
