"""Puts the parts of backups together for a host."""

from collections.abc import Callable, Sequence

from backend.backup.cleaning import BackupCleaning
from backend.backup.requests import BackupRequests
from backend.backup.restoring import BackupRestoring
from backend.backup.taking import BackupTaking
from backend.backup.verifying import BackupVerifying
from backend.domain.operation import OperationKind
from backend.head.keeper import HeadKeeper
from backend.operations.operations import Operations, Recoverers
from backend.outbox import Outbox
from backend.paths import Home
from backend.settings import BackupSettings
from backend.store.store import Store


class BackupParts:
    """`taking` is also for the operations of others."""

    def __init__(
        self,
        home: Home,
        store: Store,
        outbox: Outbox,
        operations: Operations,
        keeper: HeadKeeper,
        settings: Callable[[], BackupSettings],
        trial: Sequence[str],
    ) -> None:
        """`trial` is the command of a child that loads a model once."""
        self.taking = BackupTaking(home, store, outbox, settings, trial)
        means, second = self.taking.means, self.taking.second
        verifying = BackupVerifying(home, store, outbox, settings, means, second)
        restoring = BackupRestoring(home, store, outbox, operations, keeper, verifying, means)
        cleaning = BackupCleaning(home, store, outbox, settings, means.put_away)
        self.requests = BackupRequests(
            home, store, operations, self.taking, verifying, restoring, cleaning, settings
        )
        self.recoverers: Recoverers = {
            OperationKind.CLEANUP: cleaning.recover,
            OperationKind.RESTORE_BACKUP: restoring.recover,
        }
