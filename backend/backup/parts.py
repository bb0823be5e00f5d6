"""Puts the parts of backups together for a host."""

from collections.abc import Callable, Sequence

import msgspec

from backend.backup.cleaning import BackupCleaning
from backend.backup.emergency import Emergency
from backend.backup.reconcile import reconcile
from backend.backup.requests import BackupRequests, TakingIntent
from backend.backup.restoring import BackupRestoring
from backend.backup.taking import BackupTaking
from backend.domain.operation import OperationKind
from backend.head.keeper import HeadKeeper
from backend.operations.operations import Operations, Recovered, Recoverers
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.host import Notice
from backend.settings import BackupSettings
from backend.store.operations import Unfinished
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
        trial: Callable[[], Sequence[str]],
    ) -> None:
        """`trial` tells the command of a child that loads a model once."""
        self.taking = BackupTaking(home, store, outbox, settings, trial)
        means, verifying = self.taking.means, self.taking.verifying
        restoring = BackupRestoring(home, store, outbox, operations, keeper, verifying, means)
        cleaning = BackupCleaning(home, store, outbox, settings, means.put_away)
        self.requests = BackupRequests(home, store, operations, self.taking, verifying, restoring, cleaning, settings)
        self.emergency = Emergency(store, outbox, operations, self.requests)
        self._home = home
        self._store = store
        self._outbox = outbox
        self.recoverers: Recoverers = {
            OperationKind.BACKUP: self._recover_taking,
            OperationKind.CLEANUP: cleaning.recover,
            OperationKind.RESTORE_BACKUP: restoring.recover,
        }

    def reconcile(self) -> None:
        """For a new host, before it recovers operations: rows and folders agree, and what was lost is told."""
        for text in reconcile(self._home, self._store):
            self._outbox.tell(Notice(level="warning", text=text, hint="`espalier backup verify` looks at all of them."))

    def _recover_taking(self, unfinished: Unfinished) -> Recovered:
        """Recorded already, or by `reconcile` just now, or half a copy that is gone as the leftover that it was."""
        wanted = msgspec.json.decode(unfinished.intent, type=TakingIntent).request
        for backup in reversed(self._store.backups.all()):
            card = backup.card
            made_since = card.created_at >= (unfinished.operation.begun_at or card.created_at)
            if (card.subject, card.type, card.reason) == (wanted.subject, wanted.backup_type, wanted.reason):
                if made_since:
                    return Recovered(done=True, text=f"{backup.id} was whole on the disk when the program ended.")
                break
        return Recovered(done=False, text="The program ended before the copy was whole; nothing of it is left.")
