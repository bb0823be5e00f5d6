"""What every operation on versions is handed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.backup.taking import BackupTaking
from backend.domain.trash import TrashEntry
from backend.head.keeper import HeadKeeper
from backend.operations.operations import Operations
from backend.outbox import Outbox
from backend.paths import Home
from backend.settings import Settings
from backend.store.store import Store
from backend.training.trainer import Trainer


@dataclass(frozen=True)
class Parts:
    """Of one host."""

    home: Home
    store: Store
    outbox: Outbox
    keeper: HeadKeeper
    trainer: Trainer
    operations: Operations
    taking: BackupTaking
    put_away: Callable[[Path, str, str], TrashEntry]
    """Moves a folder into the trash: path, kind, what it is."""
    settings: Callable[[], Settings]
