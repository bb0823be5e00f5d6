"""Reading versions back from disk, and what the database learns from it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec

from backend import files
from backend.clock import utc_now
from backend.domain.backup import Backup, Place, Subject
from backend.domain.version import Condition, Version
from backend.errors import Damaged
from backend.operations.work import Progress, Work
from backend.store.store import Store
from backend.versions import folder as places
from backend.versions.parts import Parts


def piece(parts: Parts, version: Version) -> Work:
    """Reads every byte; its result is None, or the Damaged that was found."""
    folder = parts.home.root / version.path
    return Work(f"reading {version.id} back", partial(_read, folder, version))


def learn(parts: Parts, version: Version, fault: Damaged | None) -> Version:
    """Remember what reading it came to; the caller commits."""
    condition = Condition.WHOLE if fault is None else Condition.DAMAGED
    verified_at = utc_now() if fault is None else version.verified_at
    learned = msgspec.structs.replace(version, condition=condition, verified_at=verified_at)
    parts.store.versions.put(learned)
    if fault is not None:
        parts.store.journal.add("damaged", None, fault.message)
    elif version.condition is Condition.DAMAGED:
        parts.store.journal.add("whole", None, f"every byte of {version.id} matches again")
    return learned


def remedy(store: Store, version: Version) -> str:
    """What to do about a damaged one: the backup that holds it, by its id, where there is one."""
    copy = whole_copy(store, version)
    if copy is None:
        return f"No backup holds {version.id}. Restore another version: `espalier version list` shows them."
    backup, place = copy
    return f"Backup {backup} holds it ({place}): `espalier backup restore {backup}` brings it back."


def whole_copy(store: Store, version: Version) -> tuple[str, Place] | None:
    """The newest backup that holds just these bytes, read back and not found damaged since, and where."""
    return next(((backup.id, place) for backup, place in copies(store, version)), None)


def copies(store: Store, version: Version) -> Iterator[tuple[Backup, Place]]:
    """All such, newest first."""
    for backup in reversed(store.backups.all()):
        card = backup.card
        if card.subject is Subject.VERSION and card.of == version.id and card.content_sha256 == version.sums_sha256:
            for place, copy in ((Place.HOME, backup.here), (Place.SECOND, backup.second)):
                if copy is not None and copy.condition is Condition.WHOLE and copy.verified_at is not None:
                    yield backup, place


def _read(folder: Path, version: Version, progress: Progress) -> Damaged | None:
    progress.step(f"reading {version.id} back", files.size_of(folder) if folder.is_dir() else 0)
    try:
        places.verify(folder, version.sums_sha256, progress.heed)
    except Damaged as fault:
        return fault
    return None
