"""Emergency backups, made by themselves: of the head after it fell back, and before a database is made anew."""

from collections.abc import Sequence
from functools import partial

import msgspec

from backend.backup import copying
from backend.backup.folder import all_in, name_of
from backend.backup.requests import BackupRequests
from backend.backup.root import home_root
from backend.backup.source import Source
from backend.backup.trial import try_once
from backend.clock import utc_now
from backend.domain.backup import Backup, BackupCard, BackupType, Subject
from backend.domain.head import Base, Head
from backend.domain.move import MoveKind
from backend.domain.version import Parent
from backend.errors import UserError
from backend.operations.operations import Operations
from backend.operations.work import Progress
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.host import Notice
from backend.protocol.keeping import CreateBackup
from backend.store.store import Store
from backend.trash.trash import Trash

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
        """A fall back that is the newest move of the head, and of which no copy was made yet."""
        newest = self._store.head.last_move()
        if newest == self._looked_at or self._operations.current is not None:
            return
        self._looked_at = newest
        move = next(self._store.head.moves(), None)
        point = self._store.head.get().checkpoint
        if move is None or move.kind is not MoveKind.FALLBACK or point is None:
            return
        if any(one.card.content_sha256 == point.sums_sha256 for one in self._store.backups.all()):
            return
        try:
            self._requests.answer(CreateBackup(backup_type=BackupType.EMERGENCY, reason=FELL_BACK))
        except UserError as error:
            text = f"No emergency backup could be made: {error.message}"
            self._outbox.tell(Notice(level="warning", text=text, hint=error.hint))


class _HeadCard(msgspec.Struct, frozen=True, kw_only=True):
    """head.json."""

    head: Head
    base: Base | None


def of_head_card(home: Home, trial: Sequence[str], reason: str) -> Backup | None:
    """Copy the head as head.json tells of it, without any database; for a program that is about to make one anew.

    Args:
        trial: the command of a child that loads a model once.

    Returns:
        None where there is no adapter to copy, or head.json cannot be read.

    Raises:
        UserError, OSError: it could not be copied; nothing is left of it.
    """
    try:
        card = msgspec.json.decode(home.head_card.read_bytes(), type=_HeadCard)
    except (OSError, msgspec.MsgspecError):
        return None
    head, base = card.head, card.base
    if head.checkpoint is None or base is None:
        return None
    root, now = home_root(home), utc_now()
    parent = Parent(base=base.slug, sha256=base.sha256, name=base.name)
    folder = home.root / head.checkpoint.path
    source = Source(Subject.HEAD, "head", folder, head.checkpoint.sums_sha256, parent, home.root / base.path, head)
    wanted = BackupCard(
        id=name_of(Subject.HEAD, "head", now, {path.name for path in all_in(root)}),
        type=BackupType.EMERGENCY,
        subject=Subject.HEAD,
        of="head",
        source=head.checkpoint.path,
        created_at=now,
        reason=reason,
        content_sha256="",
        base=parent,
        head=head,
        bytes=0,
    )
    trash = Trash(home)
    return copying.take(root, source, wanted, copying.Means(partial(try_once, trial, home.logs), trash.put), Progress())
