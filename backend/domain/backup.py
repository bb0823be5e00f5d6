"""A backup: an independent copy of an artefact, verified by reading it back from disk and loading it once."""

import enum

import msgspec

from backend.domain.head import Head
from backend.domain.version import Condition, Parent


class BackupType(enum.StrEnum):
    """Why it was made; also the folder that it lies in."""

    PRE_CONSOLIDATION = "pre_consolidation"
    PRE_DELETION = "pre_deletion"
    EMERGENCY = "emergency"
    MANUAL = "manual"


class Subject(enum.StrEnum):
    """What kind of artefact was copied."""

    HEAD = "head"
    """Adapter and checkpoint of the head; its base is stored once for each backup root."""
    VERSION = "version"
    CHECKPOINT = "checkpoint"
    DAILY = "daily"
    BASE = "base"
    EVOLUTION = "evolution"
    """One run's folder of snapshots."""


class Place(enum.StrEnum):
    """Which root a copy lies in: the home's own, or the second location of the settings."""

    HOME = "home"
    SECOND = "second"


class CopyState(msgspec.Struct, frozen=True, kw_only=True):
    """One copy of a backup, in one place."""

    condition: Condition
    verified_at: str | None = None
    """When every byte was last read back from the disk and matched."""
    loaded_at: str | None = None
    """When the model last loaded and answered; None where that has not been tried."""
    message: str = ""
    """What is wrong with it, the file named."""


class BackupCard(msgspec.Struct, frozen=True, kw_only=True):
    """metadata.json of a backup."""

    kind: str = "backup"
    id: str
    """Its folder's name: what was copied and when."""
    type: BackupType
    subject: Subject
    of: str
    """What was copied: head, v001, the number of a checkpoint, a day, a slug, a run's folder."""
    source: str
    """Where it lay, relative to the home."""
    created_at: str
    """UTC, ISO 8601."""
    reason: str = ""
    content_sha256: str
    """SHA-256 of the SHA256SUMS of what was copied; it lies in content/."""
    base: Parent | None = None
    """Of a head, checkpoint or day: what its adapter belongs to. A copy lies in bases/ of the same root."""
    head: Head | None = None
    """Of a head: as it stood."""
    bytes: int
    files: dict[str, str] = {}
    """SHA-256 of every file but this one and SHA256SUMS."""


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """A backup as the database knows it."""

    sequence: int
    """Orders backups; clocks do not."""
    card: BackupCard
    path: str
    """Relative to its root, with forward slashes: type/id."""
    sums_sha256: str
    here: CopyState
    second: CopyState | None = None
    """None where no second location was set when it was made, and it was not copied there since."""

    @property
    def id(self) -> str:
        return self.card.id


class Keeps(enum.StrEnum):
    """Why cleaning up lets a backup stay."""

    YOUNG = "young"
    """Not older than the days of the settings."""
    FLOOR = "floor"
    """One of the last three verified ones."""
    TODAY = "today"
    HEAD = "head"
    """The head stands on what it holds, or undo can reach it."""
    ONLY = "only"
    """The one whole copy of something that is gone otherwise."""
    UNVERIFIED = "unverified"
    """Never read back, or damaged: only a person decides about it."""
