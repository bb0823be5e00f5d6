"""The trashes of a home, one on each file system that artefacts lie on: what was deleted lies there for a day."""

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from backend import files
from backend.clock import utc_at
from backend.domain.trash import TrashEntry
from backend.errors import UserError, WrongUse
from backend.paths import Home
from backend.trash.name import GOING, name_for, read_name
from backend.trash.removal import bytes_of, remove

log = logging.getLogger(__name__)
KEPT_SECONDS = 24 * 3600
FOLDER = "trash"
NANOSECONDS = 1_000_000_000
"""In a second."""


def nowhere() -> str:
    """No second location for backups is set."""
    return ""


def nobody() -> None:
    """Nobody wants to know."""


class Trash:
    """Folders alone, no table: what lies there is what it holds. Any thread may put something in."""

    def __init__(self, home: Home, second: Callable[[], str] = nowhere, changed: Callable[[], object] = nobody) -> None:
        """`second` names the second location of backups, empty for none; `changed` hears of what was put in."""
        self._home = home
        self._second = second
        self._changed = changed

    def put(self, path: Path, kind: str, of: str) -> TrashEntry:
        """Move a file or folder of the home or of the second location into the trash of its own file system.

        Args:
            kind: version, backup, daily, checkpoint, …; without hyphens.
            of: what it was, for people: v001, the id of a backup, a day.

        Raises:
            UserError: it cannot be moved, and lies where it lay.
        """
        folder = self._beside(path)
        try:
            files.make_folder(folder)
            place = _free(folder, kind, of)
            files.move(path, place)
        except OSError as error:
            raise UserError(f"{path} cannot be moved to the trash: {error}.", "Look at its folder's rights.") from error
        self._changed()
        return _entry(place)

    def entries(self) -> list[TrashEntry]:
        """All that lies in a trash that can be reached now, oldest first.

        Raises:
            UserError: the home's own cannot be read.
        """
        try:
            return sorted(self._entries(), key=lambda entry: (entry.deleted_at, entry.name))
        except OSError as error:
            raise UserError(f"The trash cannot be read: {error}.", "Look at its folder's rights.") from error

    def find(self, name: str) -> TrashEntry:
        """Raises WrongUse where nothing of that name lies there, UserError as `entries`."""
        for entry in self.entries():
            if entry.name == name:
                return entry
        raise WrongUse(f"Nothing called {name} lies in the trash.", "`espalier trash list` shows what does.")

    def set_aside(self, entries: Sequence[TrashEntry]) -> None:
        """Mark them as going; from here on they are not in the trash any more. Raises OSError."""
        for entry in entries:
            path = Path(entry.path)
            files.move(path, path.with_name(GOING + path.name))

    def sweep(self) -> None:
        """Delete for good what is marked as going. May take long.

        Raises:
            OSError: of the last one that could not be deleted; the others are gone.
        """
        failed: OSError | None = None
        for folder in self.folders():
            for path in folder.glob(f"{GOING}*"):
                try:
                    remove(path)
                except OSError as error:
                    failed = error
        if failed is not None:
            raise failed

    def folders(self) -> list[Path]:
        """The trashes that are there now."""
        home = self._home
        places = [home.root, home.versions, home.backups, home.bases, home.runs, home.snapshots]
        ours = dict.fromkeys(self._beside(place / FOLDER) for place in places if place.is_dir())
        found = [folder for folder in ours if folder.is_dir()]
        with _patience_with_other_disks():
            if self._second() and (other := self._other() / FOLDER).is_dir() and self._beside(other) not in ours:
                found.append(self._beside(other))
        return found

    def _entries(self) -> Iterator[TrashEntry]:
        for folder in self.folders():
            is_ours = folder.is_relative_to(self._home.root)
            with contextlib.nullcontext() if is_ours else _patience_with_other_disks():
                yield from _entries_of(folder)

    def _other(self) -> Path:
        return Path(self._second()).expanduser()

    def _beside(self, path: Path) -> Path:
        """Where `path` goes: the home's trash, or one at the top of the file system that it lies on."""
        root = self._home.root if path.is_relative_to(self._home.root) else self._other()
        if not path.is_relative_to(root):
            raise ValueError(f"{path} lies neither in the home nor in the second location.")
        top = path.parent
        device = top.stat().st_dev
        if device == root.stat().st_dev:
            return root / FOLDER
        while top.parent.stat().st_dev == device:
            top = top.parent
        return top / FOLDER


@contextlib.contextmanager
def _patience_with_other_disks() -> Iterator[None]:
    """A second location that fails takes nothing else with it."""
    try:
        yield
    except OSError as error:
        log.warning("The trash of the second location cannot be read: %s", error)


def _entries_of(folder: Path) -> Iterator[TrashEntry]:
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            if not path.name.startswith("."):
                yield _entry(path)


def _free(folder: Path, kind: str, of: str) -> Path:
    at = time.time_ns()
    while os.path.lexists(place := folder / name_for(kind, of, at)):
        at += 1
    return place


def _entry(path: Path) -> TrashEntry:
    named = read_name(path.name)
    seconds = path.lstat().st_ctime if named is None else named.at_ns / NANOSECONDS
    return TrashEntry(
        name=path.name,
        kind="other" if named is None else named.kind,
        of=path.name if named is None else named.of,
        path=str(path),
        bytes=bytes_of(path),
        deleted_at=utc_at(seconds),
        purged_at="" if named is None else utc_at(seconds + KEPT_SECONDS),
    )
