"""Writes what a restoring brought back into the database: rows become whole again, and the head moves."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from backend import files
from backend.backup.targets import Part, slug_of
from backend.clock import utc_now
from backend.daily import copy as daily_copy
from backend.domain.backup import Backup, Subject
from backend.domain.daily import Daily
from backend.domain.head import Base
from backend.domain.move import MoveKind
from backend.domain.version import Condition, Version
from backend.errors import Damaged
from backend.library.folder import describe
from backend.paths import Home
from backend.store import checkpoints
from backend.store.dailies import Keeping
from backend.store.store import Store
from backend.versions import folder as version_folder
from backend.versions import records, tags

Found = Base | Version | Daily | None
"""What a folder says of itself; None of what the database knows all."""


def describe_part(home: Home, part: Part) -> Found:
    """Read the card of a folder that is whole in its place; no database. Raises Damaged."""
    match part.kind:
        case "version":
            return version_in(home, part.place)
        case "base":
            return None if part.is_known else describe(part.place, part.of)
        case "daily":
            return daily_copy.read(home, part.place)
        case _:
            return None


def version_in(home: Home, place: Path) -> Version:
    """A version's folder whose bytes were read already."""
    card = version_folder.card_of(place)
    return Version(
        card=card,
        path=place.relative_to(home.root).as_posix(),
        sums_sha256=files.sha256(place / files.SUMS),
        bytes=files.size_of(place),
        tags=tags.of(home, card),
        verified_at=utc_now(),
    )


def record(home: Home, store: Store, backup: Backup, brought: Sequence[tuple[Part, Found]]) -> None:
    """One transaction of the caller's. Doing it twice equals doing it once."""
    for part, found in brought:
        match found:
            case Version():
                known = store.versions.find(found.id)
                kept = found.tags if known is None else known.tags
                records.put(home, store, msgspec.structs.replace(found, tags=kept, condition=Condition.WHOLE))
            case Base():
                store.bases.put(found)
            case Daily():
                _record_daily(store, found)
            case None if part.kind == "checkpoint":
                _record_checkpoint(store, backup, part)
    if backup.card.subject is Subject.HEAD:
        _move_head(store, backup, [part for part, _ in brought])


def _record_daily(store: Store, found: Daily) -> None:
    if any(one.path == found.path for one in store.dailies.all()):
        return  # a host that started after it was brought back has recorded it
    if store.dailies.known(found.sequence):
        store.dailies.mark(found.sequence, Keeping.WHOLE)
    else:
        store.dailies.add(found)


def _record_checkpoint(store: Store, backup: Backup, part: Part) -> None:
    number = int(part.of)
    head = backup.card.head
    if store.checkpoints.known(number):
        store.checkpoints.mark(number, checkpoints.Condition.WHOLE)
    elif head is not None and head.checkpoint is not None and head.base is not None:
        store.checkpoints.add(head.checkpoint, head.base, head.total_steps)


def _move_head(store: Store, backup: Backup, parts: list[Part]) -> None:
    head, slug = backup.card.head, slug_of(parts)
    if head is None or slug is None:
        raise Damaged(f"{backup.id} does not say how the head stood.", "Restore the checkpoint that it holds.")
    to = msgspec.structs.replace(head, base=slug)
    if store.head.get() != to:
        store.head.move(to, MoveKind.RESTORE)
