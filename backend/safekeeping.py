"""Puts together what keeps and brings back: operations, versions, backups, trash; answers what clients ask of them."""

from collections.abc import Callable, Sequence

from backend.backup.parts import BackupParts
from backend.control.board import Board
from backend.domain.operation import OperationKind
from backend.head.keeper import HeadKeeper
from backend.operations.operations import Operations, Recoverers
from backend.operations.requests import OperationRequests
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol import keeping as k
from backend.protocol.host import Reply
from backend.settings import Settings
from backend.store.store import Store
from backend.training.tasks import Tasks
from backend.training.trainer import Trainer
from backend.trash.keeper import TrashKeeper
from backend.trash.requests import TrashRequests
from backend.trash.restoring import TrashRestoring
from backend.trash.rows import Rows
from backend.trash.trash import Trash
from backend.versions import upkeep
from backend.versions.parts import Parts
from backend.versions.requests import VersionRequests


class Safekeeping:
    """Of one host; `operations`, `emergency` and `trash` want its ticks."""

    def __init__(
        self,
        home: Home,
        store: Store,
        outbox: Outbox,
        keeper: HeadKeeper,
        trainer: Trainer,
        tasks: Tasks,
        board: Board,
        settings: Callable[[], Settings],
        trial: Callable[[], Sequence[str]],
    ) -> None:
        """`trial` tells the command of a child that loads a model once."""
        self._home = home
        self._store = store
        self._outbox = outbox
        self.operations = Operations(store, outbox, trainer, tasks, board)
        trash = Trash(home, lambda: settings().backup.second_location, lambda: outbox.tell(k.TrashChanged()))
        rows = Rows(home, store)
        self._from_trash = TrashRestoring(home, store, self.operations, outbox, rows)
        self.trash = TrashKeeper(store, outbox, trash, rows, self._from_trash)
        self._backups = BackupParts(home, store, outbox, self.operations, keeper, lambda: settings().backup, trial)
        self.emergency = self._backups.emergency
        taking = self._backups.taking
        self.versions = VersionRequests(
            Parts(home, store, outbox, keeper, trainer, self.operations, taking, trash.put, settings)
        )
        self._operation_requests = OperationRequests(store, self.operations)
        self._trash_requests = TrashRequests(trash, self.trash)

    def answer(self, request: k.KeepingRequest) -> Reply:
        """Raises the UserErrors of the parts."""
        if isinstance(request, k.OperationRequest):
            return self._operation_requests.answer(request)
        if isinstance(request, k.TrashRequest):
            return self._trash_requests.answer(request)
        if isinstance(request, k.VersionRequest):
            return self.versions.answer(request)
        return self._backups.requests.answer(request)

    def recover(self) -> None:
        """For a new host: rows and folders agree, and what was begun and never ended is rolled forward or back."""
        self._backups.reconcile()
        recoverers: Recoverers = {
            OperationKind.RESTORE_TRASH: self._from_trash.recover,
            **self.versions.recoverers,
            **self._backups.recoverers,
        }
        self.operations.recover(recoverers)
        upkeep.look(self._home, self._store, self._outbox)
