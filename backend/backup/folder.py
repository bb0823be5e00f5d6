"""One backup's folder: its name, its card, and finding all of them in a root without any database."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from backend import files
from backend.backup.root import Root
from backend.clock import in_names
from backend.domain.backup import Backup, BackupCard, BackupType, CopyState, Subject
from backend.domain.version import Condition
from backend.errors import Damaged

METADATA = "metadata.json"
CONTENT = "content"
"""The folder inside that holds the copy as it was, its own metadata.json and SHA256SUMS included."""
ADAPTER_IN_DAILY = "checkpoint"


def name_of(subject: Subject, of: str, created_at: str, taken: Collection[str]) -> str:
    """What was copied and when, for example v001_20260301_093000; with a number where two would have one name."""
    what = of if subject in (Subject.HEAD, Subject.VERSION) else f"{subject}-{of}"
    plain = f"{re.sub(r'[^A-Za-z0-9_-]+', '-', what)}_{in_names(created_at)}"
    numbered = (plain, *(f"{plain}-{number}" for number in range(2, 10_000)))
    return next(name for name in numbered if name not in taken)


def write_card(folder: Path, card: BackupCard) -> str:
    """Durably; returns its SHA-256."""
    return files.write(folder / METADATA, msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n")


def read(folder: Path) -> BackupCard:
    """What the folder says of itself; its bytes are not read. Raises Damaged."""
    card = card_in(folder)
    if card.kind != "backup" or card.id != folder.name or card.type != folder.parent.name:
        raise Damaged(f"{folder} holds the card of another backup.", "Take another backup.")
    return card


def card_in(folder: Path) -> BackupCard:
    """The card in a folder of any name. Raises Damaged."""
    try:
        return msgspec.json.decode((folder / METADATA).read_bytes(), type=BackupCard)
    except (OSError, UnicodeError, msgspec.MsgspecError) as error:
        raise Damaged(f"{folder / METADATA} cannot be read: {error}.", "Take another backup.") from error


def all_in(root: Root) -> Iterator[Path]:
    """Every folder that a backup's name stands on, by type and name."""
    for backup_type in BackupType:
        place = root.of_type(backup_type)
        if place.is_dir():
            yield from sorted(path for path in place.iterdir() if path.is_dir() and not path.name.startswith("."))


def record_of(root: Root, folder: Path) -> Backup:
    """A folder as the database would have it, its bytes unread; `verified_at` is for whoever reads them.

    Raises:
        Damaged: it does not say what it is.
    """
    card = read(folder)
    try:
        sums = files.sha256(folder / files.SUMS)
    except OSError as error:
        raise Damaged(f"{folder / files.SUMS} cannot be read ({error.strerror}).", "Take another backup.") from error
    return Backup(
        sequence=0,
        card=card,
        path=folder.relative_to(root.folder).as_posix(),
        sums_sha256=sums,
        here=CopyState(condition=Condition.WHOLE),
    )


def model_of(card: BackupCard, folder: Path, base: Path | None) -> tuple[Path, Path | None] | None:
    """What to load of a copy: the folder of a base and that of an adapter; None where no model is in it."""
    content = folder / CONTENT
    match card.subject:
        case Subject.EVOLUTION:
            return None
        case Subject.VERSION | Subject.BASE:
            return content, None
        case Subject.DAILY:
            return None if base is None else (base, content / ADAPTER_IN_DAILY)
        case Subject.HEAD | Subject.CHECKPOINT:
            return None if base is None else (base, content)
