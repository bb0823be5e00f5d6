"""What the inbox's own thread and the host's thread say to each other."""

from pathlib import Path

import msgspec

from backend.domain.dataset import Dataset
from backend.inbox.look import Mark


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A file whose copy is stored; it is to be queued."""

    relative: Path
    mark: Mark
    dataset: Dataset


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A file that cannot be queued, and why."""

    relative: Path
    mark: Mark
    message: str
    hint: str


class PutAway(msgspec.Struct, frozen=True, kw_only=True):
    """The host's order, given after its commit: the file leaves the inbox's sight."""

    relative: Path
    mark: Mark
    refusal: Refusal | None = None
    """Set: to the refused files, with a note of this. None: to the taken ones."""
    job: int | None = None


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """An order was carried out; `to` is the path within the inbox."""

    order: PutAway
    to: Path


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """A file cannot be moved; it is left alone until it changes."""

    order: PutAway
    why: str


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """A file is not there any more."""

    relative: Path


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the first look saw, so that what a dead host left undone can be told from what it did."""

    files: frozenset[Path]


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Something other than a file's own fault; it is tried again later."""

    message: str
    hint: str


Decided = Arrival | Refusal
Report = Moved | Stuck | Gone | Present | Trouble
News = Decided | Report
