"""Finds what is to be copied: its folder, the hash that was recorded of it, and the base that it needs."""

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from backend.daily.copy import Card as DailyCard
from backend.domain.backup import Subject
from backend.domain.head import Base, Head
from backend.domain.version import Condition, Parent
from backend.errors import Damaged, Refused, WrongUse
from backend.evolution.folder import NAME as RUN_NAME
from backend.paths import Home
from backend.store import checkpoints
from backend.store.store import Store


@dataclass(frozen=True)
class Source:
    """An artefact as the database knows it at this moment."""

    subject: Subject
    of: str
    folder: Path
    sums_sha256: str | None
    """SHA-256 of its SHA256SUMS; None for a folder that has none of its own."""
    parent: Parent | None = None
    """The base that its adapter belongs to."""
    parent_folder: Path | None = None
    head: Head | None = None


def find(home: Home, store: Store, subject: Subject, of: str) -> Source:
    """Raises WrongUse where there is no such thing, Refused where a head has nothing to copy."""
    match subject:
        case Subject.HEAD:
            return _head(home, store)
        case Subject.CHECKPOINT:
            return _checkpoint(home, store, of)
        case Subject.VERSION:
            version = store.versions.get(of)
            return Source(subject, version.id, home.root / version.path, version.sums_sha256)
        case Subject.DAILY:
            return _daily(home, store, of)
        case Subject.BASE:
            base = store.bases.get(of)
            return Source(subject, base.slug, home.root / base.path, base.sha256)
        case Subject.EVOLUTION:
            folder = home.evolution / of
            if not RUN_NAME.fullmatch(of) or not folder.is_dir():
                raise WrongUse(f"There is no run {of}.", "`espalier evolution list` shows them all.")
            return Source(subject, of, folder, None)


def _head(home: Home, store: Store) -> Source:
    head = store.head.get()
    if head.checkpoint is None or head.base is None:
        raise Refused(
            "Nothing has been trained on the head's model, so there is no adapter to copy.",
            "Back the model itself up: `espalier backup create --version v001`, or `--base SLUG`.",
        )
    base = store.bases.get(head.base)
    return Source(
        Subject.HEAD,
        "head",
        home.root / head.checkpoint.path,
        head.checkpoint.sums_sha256,
        parent_of(store, base),
        home.root / base.path,
        head,
    )


def _checkpoint(home: Home, store: Store, of: str) -> Source:
    number = int(of) if re.fullmatch(r"[0-9]{1,15}", of) else None
    stored = store.checkpoints.get(number) if number is not None and store.checkpoints.known(number) else None
    if stored is None or stored.condition is checkpoints.Condition.GONE:
        raise WrongUse(f"There is no checkpoint {of}.", "`espalier history` shows what the head stood on.")
    base = store.bases.get(stored.base)
    point = stored.checkpoint
    folder = home.root / point.path
    return Source(
        Subject.CHECKPOINT, str(point.id), folder, point.sums_sha256, parent_of(store, base), home.root / base.path
    )


def _daily(home: Home, store: Store, of: str) -> Source:
    found = next((one for one in store.dailies.all() if one.day == of), None)
    if found is None:
        raise WrongUse(f"There is no daily snapshot of {of}.", "`espalier daily list` shows them all.")
    folder = home.root / found.path
    try:
        card = msgspec.json.decode((folder / "metadata.json").read_bytes(), type=DailyCard)
    except (OSError, UnicodeError, msgspec.MsgspecError) as error:
        raise Damaged(f"{folder / 'metadata.json'} cannot be read: {error}.", "Take the snapshot before it.") from error
    base = store.bases.get(card.base["slug"])
    return Source(
        Subject.DAILY, found.day, folder, found.sums_sha256, parent_of(store, base), home.root / base.path, card.head
    )


def parent_of(store: Store, base: Base) -> Parent:
    """A base as cards name it."""
    version = store.versions.find(base.slug)
    known = version is not None and version.condition in (Condition.WHOLE, Condition.DAMAGED)
    return Parent(base=base.slug, sha256=base.sha256, name=base.name, version=base.slug if known else None)
