"""Emergency backups, made by themselves: of the head after it fell back from a damaged checkpoint."""

import itertools

from backend.backup.requests import BackupRequests
from backend.domain.backup import BackupType
from backend.domain.move import MoveKind
from backend.errors import UserError
from backend.operations.operations import Operations
from backend.outbox import Outbox
from backend.protocol.host import Notice
from backend.protocol.keeping import CreateBackup
from backend.store.store import Store

FELL_BACK = "the head fell back from a damaged checkpoint"


class Emergency:
    """Belongs to the host's thread; `tick` begins what is due as soon as no other operation runs."""

    def __init__(self, store: Store, outbox: Outbox, operations: Operations, requests: BackupRequests) -> None:
        self._store = store
        self._outbox = outbox
        self._operations = operations
        self._requests = requests
        self._looked_at = 0

    def tick(self) -> None:
        """A fall back since the last look, or as the newest move of all; of the head that it led to, as it now is."""
        newest = self._store.head.last_move()
        if newest == self._looked_at or self._operations.current is not None:
            return
        since = self._looked_at or newest - 1
        self._looked_at = newest
        new = itertools.takewhile(lambda move: move.id > since, self._store.head.moves())
        point = self._store.head.get().checkpoint
        if point is None or not any(move.kind is MoveKind.FALLBACK for move in new):
            return
        if any(one.card.content_sha256 == point.sums_sha256 for one in self._store.backups.all()):
            return
        try:
            self._requests.answer(CreateBackup(backup_type=BackupType.EMERGENCY, reason=FELL_BACK))
        except UserError as error:
            text = f"No emergency backup could be made: {error.message}"
            self._outbox.tell(Notice(level="warning", text=text, hint=error.hint))
