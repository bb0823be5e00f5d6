"""Takes backups as part of an operation: copied, read back from disk, loaded, recorded, or nothing of it is left."""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from backend.backup import copying
from backend.backup.folder import all_in, name_of
from backend.backup.root import home_root
from backend.backup.second import SecondLocation
from backend.backup.source import Source, find
from backend.backup.trial import Trial, try_once
from backend.backup.verifying import BackupVerifying
from backend.clock import utc_now
from backend.domain.backup import Backup, BackupCard, BackupType, CopyState, Subject
from backend.errors import Damaged, NoSpace, UserError
from backend.operations.work import Cancelled, Progress, Work
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.keeping import BackupsChanged, TrashChanged
from backend.runtime.interpreter import RuntimeUnusable
from backend.settings import BackupSettings
from backend.store.store import Store
from backend.trash.trash import Trash

TRIES = 3
"""While a job trains, the checkpoint that the head stood on may be superseded before it is copied."""


class BackupTaking:
    """For operations of the host: everything but the work itself belongs to the host's thread."""

    def __init__(
        self,
        home: Home,
        store: Store,
        outbox: Outbox,
        settings: Callable[[], BackupSettings],
        trial: Callable[[], Sequence[str]],
    ) -> None:
        """`trial` tells the command of a child that loads a model once."""
        self._home = home
        self._store = store
        self._outbox = outbox
        self._trial = trial
        trash = Trash(home, lambda: settings().second_location, lambda: outbox.tell(TrashChanged()))
        self.means = copying.Means(self._try_once, trash.put)
        self.second = SecondLocation(home, store, outbox, settings, self.means)
        self.verifying = BackupVerifying(home, store, outbox, settings, self.means, self.second)

    def bytes_of(self, subject: Subject, of: str) -> int:
        """What a copy takes in the home, its base included where the home's backups lack it.

        Raises:
            UserError: there is no such thing.
        """
        source = find(self._home, self._store, subject, of)
        return copying.bytes_of(home_root(self._home), [source.folder], source.parent, source.parent_folder)

    def steps(self, backup_type: BackupType, subject: Subject, of: str, reason: str) -> Generator[Work, Any, Backup]:
        """Take one; for `yield from` in an operation. A second location that fails is told and made up later.

        Raises:
            UserError: it was not taken or not verified, or it was broken off; nothing is left of it.
        """
        backup = yield from self._first(backup_type, subject, of, reason)
        try:
            second = yield from self.second.copy(backup)
        except Cancelled:
            yield Work("taking back", lambda _: copying.drop(home_root(self._home), backup))
            raise
        try:
            with self._store.atomic():
                backup = self._store.backups.add(msgspec.structs.replace(backup, second=second))
                self._store.journal.add("backup", None, f"{backup.id}: {reason or backup.card.type}")
        except NoSpace:  # no room even for its row
            yield Work("taking back", lambda _: self._drop(backup, second))
            raise
        self._outbox.tell(BackupsChanged())
        return backup

    def _drop(self, backup: Backup, second: CopyState | None) -> None:
        copying.drop(home_root(self._home), backup)
        if second is not None:
            self.second.drop(backup)

    def _try_once(self, base: Path, adapter: Path | None, progress: Progress) -> Trial:
        """Load a model in a child; raises NotLoadable."""
        try:
            command = self._trial()
        except RuntimeUnusable as error:
            return Trial(message=f"Not loaded: {error}")
        return try_once(command, self._home.logs, base, adapter, progress)

    def _first(self, backup_type: BackupType, subject: Subject, of: str, reason: str) -> Generator[Work, Any, Backup]:
        root = home_root(self._home)
        for tries_left in reversed(range(TRIES)):
            source = find(self._home, self._store, subject, of)
            card = self._card(backup_type, source, reason)

            def run(progress: Progress, source: Source = source, card: BackupCard = card) -> Backup:
                return copying.take(root, source, card, self.means, progress)

            try:
                taken: Backup = yield Work(f"backing up {source.of}", run)
            except Cancelled:
                raise
            except (Damaged, OSError) as error:
                if tries_left and self._has_moved_on(source):
                    continue
                if isinstance(error, OSError):
                    raise UserError(f"The backup cannot be written: {error}.", "Look at the disk.") from error
                raise
            return taken
        raise AssertionError(TRIES)

    def _has_moved_on(self, source: Source) -> bool:
        """Whether the head stands elsewhere now: what was to be copied may have gone by itself, and is none of it."""
        return source.subject is Subject.HEAD and self._store.head.get().checkpoint != (
            source.head.checkpoint if source.head else None
        )

    def _card(self, backup_type: BackupType, source: Source, reason: str) -> BackupCard:
        now = utc_now()
        taken = {one.id for one in self._store.backups.ever()}
        taken |= {path.name for path in all_in(home_root(self._home))}
        return BackupCard(
            id=name_of(source.subject, source.of, now, taken),
            type=backup_type,
            subject=source.subject,
            of=source.of,
            source=_relative(self._home, source.folder),
            created_at=now,
            reason=reason,
            content_sha256="",
            base=source.parent,
            head=source.head,
            bytes=0,
        )


def _relative(home: Home, folder: Path) -> str:
    return folder.relative_to(home.root).as_posix() if folder.is_relative_to(home.root) else str(folder)
