"""Copies dropped files into the home and counts their rows, in a thread of its own."""

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from backend.domain.dataset import Dataset
from backend.domain.job import JobSettings
from backend.errors import UserError
from backend.paths import Home

_TELL_EVERY_SECONDS = 0.1


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """Files that arrived together; `settings` None takes the home's defaults."""

    files: tuple[Path, ...]
    settings: JobSettings | None = None


class RefusedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was not queued, why, and what to do."""

    path: Path
    message: str
    hint: str


class TakenFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is stored and can be queued."""

    path: Path
    dataset: Dataset
    settings: JobSettings | None


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
    refused = Signal(object)
    ended = Signal()
    """All files of this drop are taken or refused."""

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._home = home
        self._leaving = False

    def leave(self) -> None:
        """Called from another thread: take no further file."""
        self._leaving = True

    @Slot(object)
    def take(self, drop: Drop) -> None:
        for number, path in enumerate(drop.files, start=1):
            if self._leaving:
                return
            self._take_one(path, drop, number)
        self.ended.emit()

    def _take_one(self, path: Path, drop: Drop, number: int) -> None:
        from backend.datasets.intake import take_in  # loaded in this thread, not before the first paint

        told_at = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal told_at
            if self._leaving:
                raise _Leaving
            if time.monotonic() - told_at >= _TELL_EVERY_SECONDS:
                told_at = time.monotonic()
                self.copying.emit(step(done / max(1, total)))

        def step(share: float) -> Copying:
            return Copying(number=number, total=len(drop.files), name=path.name, share=share)

        self.copying.emit(step(0.0))
        try:
            dataset = take_in(self._home, path, progress=tell)
        except UserError as error:
            self.refused.emit(RefusedFile(path=path, message=error.message, hint=error.hint))
        except _Leaving:
            return
        else:
            self.taken.emit(TakenFile(path=path, dataset=dataset, settings=drop.settings))


def sources(paths: Sequence[str]) -> tuple[Path, ...]:
    """Absolute paths of what was dropped or named, in their order, each once."""
    return tuple(dict.fromkeys(Path(path).absolute() for path in paths))
