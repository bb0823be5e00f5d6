"""Restores a backup: its copy verified first, each part in its own place, then one transaction; undo goes back."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import msgspec

from backend import files
from backend.backup import alternatives, checking, copying, placing
from backend.backup.folder import CONTENT
from backend.backup.restored import Restored, plan
from backend.backup.verifying import BackupVerifying
from backend.domain.backup import Backup, Place, Subject
from backend.domain.operation import Operation, OperationKind
from backend.domain.version import Condition
from backend.errors import Damaged, UserError
from backend.head.keeper import HeadKeeper
from backend.operations.operations import INTERRUPTED, Operations, Recovered
from backend.operations.work import Progress, Steps, Work
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.keeping import RestoreBackup
from backend.store.operations import Unfinished
from backend.store.store import Store


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal keeps of a restoring. Before `place` is known, nothing was begun."""

    backup: str
    place: Place | None = None
    number: int | None = None
    """Of the version that it becomes, where the old one is whole in its place."""
