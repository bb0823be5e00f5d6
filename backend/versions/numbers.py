"""Numbers of versions: none comes twice, also after versions were deleted or the database was lost."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from backend import files
from backend.domain.backup import Subject
from backend.library.shelf import VERSION_ID
from backend.paths import Home
from backend.store.store import Store

_IN_NAME = re.compile(r"(?<![a-z0-9])v([0-9]{3,9})(?![a-z0-9])")


def next_number(home: Home, store: Store) -> int:
    """One more than every number of which anything is known: rows, folders, trash, backups, lineage, the counter."""
    return 1 + max((_counted(home), store.versions.last_number(), *_known(store), *_on_disk(home)))


def use(home: Home, number: int) -> None:
    """Remember durably that a number is given away, before anything of that version exists."""
    files.write(home.version_counter, f"{max(number, _counted(home))}\n".encode())


def _counted(home: Home) -> int:
    with contextlib.suppress(OSError, ValueError):
        return int(home.version_counter.read_text(encoding="ascii"))
    return 0


def _known(store: Store) -> Iterator[int]:
    names = [base.slug for base in store.bases.all()]
    names += [backup.card.of for backup in store.backups.ever() if backup.card.subject is Subject.VERSION]
    for version in store.versions.ever():
        names += version.card.lineage
    for name in names:
        if VERSION_ID.fullmatch(name):
            yield int(name.removeprefix("v"))


def _on_disk(home: Home) -> Iterator[int]:
    """Also half-written ones, and what lies in the trash or in a backup that no row knows."""
    folders: list[Path] = [home.versions, home.trash, *home.backups.glob("*/")]
    for folder in folders:
        for path in folder.iterdir() if folder.is_dir() else ():
            if found := _IN_NAME.search(path.name.replace("_", "-")):
                yield int(found[1])
