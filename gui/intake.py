"""Copies dropped files into the home and counts their rows, in a thread of its own."""

import time
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from backend.domain.dataset import Dataset
from backend.domain.job import JobSettings, Priority
from backend.errors import UserError
from backend.paths import Home

_TELL_EVERY_SECONDS = 0.1
_HAND_OVER_SECONDS = 0.5
_HAND_OVER_FILES = 500
"""Stored files are handed over together, for queueing many at once costs little more than queueing one."""


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """Files that arrived together; `settings` None takes the home's defaults."""

    files: tuple[Path, ...]
    settings: JobSettings | None = None
    priority: Priority = Priority.NORMAL


class RefusedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was not queued, why, and what to do."""

    path: Path
    message: str
    hint: str


class TakenFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is stored and can be queued."""

    path: Path
    dataset: Dataset
    settings: JobSettings | None = None
    priority: Priority = Priority.NORMAL


class Copying(msgspec.Struct, frozen=True, kw_only=True):
    """Which file is being taken in, of how many, and how much of it is done."""

    number: int
    total: int
    name: str
    share: float = 0.0


class _Leaving(Exception):
    """The window closes: what is half copied is left, and nothing of it stays behind."""


class Intake(QObject):
    """Lives in a QThread; one file after another, so that the order of the drop is the order in the queue."""

    copying = Signal(object)
    taken = Signal(object)
    """tuple[TakenFile, ...], in the order of the drop."""
    refused = Signal(object)
    ended = Signal()
    """All files of this drop are taken or refused."""

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._home = home
        self._leaving = False
        self._told_at = 0.0
        self._stored: list[TakenFile] = []
        self._handed_over_at = 0.0

    def leave(self) -> None:
        """Called from another thread: take no further file; what is stored is still handed over."""
        self._leaving = True

    @Slot(object)
    def take(self, drop: Drop) -> None:
        self._told_at, self._handed_over_at = 0.0, time.monotonic()
        try:
            self._take_all(drop)
        finally:  # a bug in one file neither keeps the stored ones from the queue nor the window from closing
            self._hand_over()
            self.ended.emit()

    def _take_all(self, drop: Drop) -> None:
        for number, path in enumerate(drop.files, start=1):
            if self._leaving:
                break
            self._take_one(path, drop, number)
            long_ago = time.monotonic() - self._handed_over_at >= _HAND_OVER_SECONDS
            if len(self._stored) >= _HAND_OVER_FILES or long_ago:
                self._hand_over()

    def _take_one(self, path: Path, drop: Drop, number: int) -> None:
        from backend.datasets.intake import take_in  # loaded in this thread, not before the first paint

        def tell(done: int, total: int) -> None:
            if self._leaving and done < total:  # at the end it is stored, and so must be queued
                raise _Leaving
            self._tell(Copying(number=number, total=len(drop.files), name=path.name, share=done / max(1, total)))

        self._tell(Copying(number=number, total=len(drop.files), name=path.name))
        try:
            dataset = take_in(self._home, path, progress=tell)
        except UserError as error:
            self.refused.emit(RefusedFile(path=path, message=error.message, hint=error.hint))
        except _Leaving:
            return
        else:
            taken = TakenFile(path=path, dataset=dataset, settings=drop.settings, priority=drop.priority)
            self._stored.append(taken)

    def _tell(self, copying: Copying) -> None:
        """Ten times a second at the most: a drop may hold very many small files."""
        now = time.monotonic()
        if now - self._told_at >= _TELL_EVERY_SECONDS:
            self._told_at = now
            self.copying.emit(copying)

    def _hand_over(self) -> None:
        self._handed_over_at = time.monotonic()
        stored, self._stored = tuple(self._stored), []
        if stored:
            self.taken.emit(stored)
