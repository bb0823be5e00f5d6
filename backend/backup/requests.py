"""Answers what clients ask of the backups; what takes long becomes an operation."""

from collections.abc import Callable

import msgspec

from backend.backup.cleaning import BackupCleaning
from backend.backup.cleaning import Intent as CleaningIntent
from backend.backup.restoring import BackupRestoring
from backend.backup.retention import answer_backups
from backend.backup.source import find
from backend.backup.taking import BackupTaking
from backend.backup.verifying import BackupVerifying
from backend.domain.operation import Operation, OperationKind
from backend.errors import Refused
from backend.operations.operations import Operations
from backend.operations.work import Steps
from backend.paths import Home
from backend.protocol import keeping as k
from backend.protocol.host import Reply
from backend.settings import BackupSettings
from backend.store.store import Store


class TakingIntent(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal keeps of a backup that is taken: nothing is undone by hand, what is half goes by itself."""

    request: k.CreateBackup


class VerifyingIntent(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal keeps of verifying: it changes states alone, one at a time."""

    backups: tuple[str, ...]


class BackupRequests:
    """One case a request."""

    def __init__(
        self,
        home: Home,
        store: Store,
        operations: Operations,
        taking: BackupTaking,
        verifying: BackupVerifying,
        restoring: BackupRestoring,
        cleaning: BackupCleaning,
        settings: Callable[[], BackupSettings],
    ) -> None:
        self._home = home
        self._store = store
        self._operations = operations
        self._taking = taking
        self._verifying = verifying
        self._restoring = restoring
        self._cleaning = cleaning
        self._settings = settings

    def answer(self, request: k.BackupRequest) -> Reply:
        """Raises the UserErrors of the parts."""
        match request:
            case k.ListBackups():
                return answer_backups(self._home, self._store, self._settings())
            case k.CreateBackup():
                return k.OperationBegun(operation=self._create(request))
            case k.VerifyBackups(backups=backups):
                return k.OperationBegun(operation=self._verify(backups))
            case k.RestoreBackup():
                return k.OperationBegun(operation=self._restoring.begin(request))
            case k.CleanUpBackups(backups=backups):
                return k.OperationBegun(operation=self._clean_up(backups))

    def _create(self, request: k.CreateBackup) -> Operation:
        self._operations.require_free()
        source = find(self._home, self._store, request.subject, request.of)
        return self._operations.begin(
            OperationKind.BACKUP,
            source.of if source.of == request.subject else f"{request.subject} {source.of}",
            TakingIntent(request=request),
            lambda _: self._creating(request),
        )

    def _creating(self, request: k.CreateBackup) -> Steps:
        backup = yield from self._taking.steps(request.backup_type, request.subject, request.of, request.reason)
        pending = [one for one in self._taking.second.pending() if one.id != backup.id]
        made_up = yield from self._taking.second.make_up(pending)
        loaded = "loaded once" if backup.here.loaded_at else backup.here.message or "holds no model to load"
        text = f"{backup.id}: {backup.card.bytes:,} bytes, read back from disk; {loaded}."
        return f"{text} {made_up} earlier ones were copied to the second location." if made_up else text

    def _verify(self, wanted: tuple[str, ...]) -> Operation:
        self._operations.require_free()
        backups = [self._store.backups.get(one) for one in wanted] or self._store.backups.all()
        if not backups:
            raise Refused("There is no backup yet.", "`espalier backup create` makes one.")
        return self._operations.begin(
            OperationKind.VERIFY,
            backups[0].id if len(backups) == 1 else f"{len(backups)} backups",
            VerifyingIntent(backups=tuple(one.id for one in backups)),
            lambda _: self._verifying.steps(backups),
        )

    def _clean_up(self, wanted: tuple[str, ...]) -> Operation:
        self._operations.require_free()
        backups = self._cleaning.require_going(wanted)
        return self._operations.begin(
            OperationKind.CLEANUP,
            f"{len(backups)} backups",
            CleaningIntent(backups=tuple(one.id for one in backups)),
            lambda _: self._cleaning.steps(backups),
        )
