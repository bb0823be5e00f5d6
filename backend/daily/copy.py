"""Copies the head's checkpoint into a snapshot folder, byte for byte, and reads it back before it counts."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from backend import files
from backend.clock import utc_now
from backend.domain.daily import Daily
from backend.domain.head import Base, Head
from backend.errors import Damaged, UserError
from backend.paths import Home
from backend.trash.trash import Trash

METADATA = "metadata.json"
CHECKPOINT = "checkpoint"
"""The folder inside that holds the checkpoint, adapter included, as it was verified; PEFT loads it."""


class Interrupted(UserError):
    """The host closes; what was copied so far is gone again."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be copied, as the head stood when it was asked for."""

    sequence: int
    day: str
    head: Head
    base: Base


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """metadata.json of a snapshot: what it is, without any program's help."""

    id: int
    day: str
    created_at: str
    base: dict[str, str]
    head: Head
    files: dict[str, str]
    kind: str = "daily"


def size_of(home: Home, order: Order) -> int:
    """Bytes that the snapshot will take."""
    return files.size_of(_source(home, order))


def take(home: Home, order: Order, is_cancelled: Callable[[], bool]) -> Daily:
    """Write the snapshot under its final name and read it back. A whole one that was never recorded is taken as it is.

    Raises:
        NoSpace: nothing was left under the final name.
        Damaged: the checkpoint is no longer what was recorded.
        Interrupted: `is_cancelled` said so.
    """
    target = home.daily(order.day)
    if target.exists():
        return _found(home, target)
    source, point = _source(home, order), order.head.checkpoint
    assert point is not None

    def heed(_bytes: int) -> None:
        if is_cancelled():
            raise Interrupted("The daily snapshot was broken off, because the program closes.")

    files.make_folder(home.snapshots)
    files.require_space(home.snapshots, size_of(home, order))
    with files.staged(target) as staging:
        copy = staging / CHECKPOINT
        for path in sorted(source.rglob("*")):
            place = copy / path.relative_to(source)
            if path.is_dir():
                files.make_folder(place)
            else:
                files.make_folder(place.parent)
                files.copy(path, place, heed)
        files.verify(copy, point.sums_sha256)
        hashes = {p.relative_to(staging).as_posix(): files.sha256(p) for p in sorted(copy.rglob("*")) if p.is_file()}
        card = Card(
            id=order.sequence,
            day=order.day,
            created_at=utc_now(),
            base={"slug": order.base.slug, "sha256": order.base.sha256},
            head=order.head,
            files=hashes,
        )
        files.write(staging / METADATA, msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n")
    return read(home, target)


def read(home: Home, folder: Path) -> Daily:
    """A snapshot folder, every byte read back; raises Damaged."""
    files.verify(folder)
    try:
        card = msgspec.json.decode((folder / METADATA).read_bytes(), type=Card)
    except (OSError, UnicodeError, msgspec.DecodeError) as error:
        raise Damaged(f"{folder / METADATA} cannot be read: {error}.", "Take the snapshot before it.") from error
    if card.kind != "daily" or card.head.checkpoint is None:
        raise Damaged(f"{folder} is no daily snapshot.", "Move it elsewhere.")
    return Daily(
        sequence=card.id,
        day=card.day,
        path=folder.relative_to(home.root).as_posix(),
        sums_sha256=files.sha256(folder / files.SUMS),
        bytes=files.size_of(folder),
        checkpoint=card.head.checkpoint.id,
        taken_at=card.created_at,
    )


def to_trash(home: Home, folder: Path) -> Path:
    """Put a snapshot folder away; returns where it lies now. Raises UserError."""
    return Path(Trash(home).put(folder, "daily", folder.name).path)


def _found(home: Home, target: Path) -> Daily:
    try:
        return read(home, target)
    except Damaged:
        to_trash(home, target)
        raise


def _source(home: Home, order: Order) -> Path:
    assert order.head.checkpoint is not None
    return home.root / order.head.checkpoint.path
