"""Lets backups go by the rule: into the trash of the disk that they lie on, and only after the user said so."""

from collections.abc import Callable, Sequence

import msgspec

from backend.backup import checking, copying, retention, rule
from backend.backup.root import Root, home_root, problem_of, second_root
from backend.domain.backup import Backup, CopyState, Place
from backend.domain.version import Condition
from backend.errors import Refused, WrongUse
from backend.operations.work import Progress, Steps, Work
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.keeping import BackupsChanged, TrashChanged
from backend.settings import BackupSettings
from backend.store.backups import THERE
from backend.store.store import Store


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal keeps of a cleaning up."""

    backups: tuple[str, ...]


class BackupCleaning:
    """For operations of the host."""

    def __init__(self, home: Home, store: Store, outbox: Outbox, settings: Callable[[], BackupSettings]) -> None:
        self._home = home
        self._store = store
        self._outbox = outbox
        self._settings = settings

    def require_going(self, wanted: Sequence[str]) -> list[Backup]:
        """Raises WrongUse where the rule lets one of them stay."""
        settings = self._settings()
        stays = retention.staying(self._home, self._store, settings)
        going = set(rule.going(stays, self._store.backups.all()))
        for backup in wanted:
            if backup not in going:
                found = self._store.backups.get(backup)
                reasons = ", ".join(stays.get(found.id, ()))
                raise WrongUse(f"{backup} stays by the rule: {reasons}.", "`espalier backup cleanup` shows what would go.")
        return rule.in_order([self._store.backups.get(backup) for backup in dict.fromkeys(wanted)])

    def steps(self, backups: Sequence[Backup]) -> Steps:
        """Move these to the trash, one after the other, and bases that nothing needs any more.

        Raises:
            Refused: what is to stay is not what it was: nothing more goes.
        """
        roots = self._roots()
        gone = [one.id for one in backups]
        for backup in backups:
            yield Work(f"moving {backup.id} to the trash", lambda progress, one=backup: self._go(roots, one, progress))
            with self._store.atomic():
                self._store.backups.put_states(in_trash(backup))
                self._store.journal.add("backup to trash", None, backup.id)
            self._outbox.tell(BackupsChanged())
            self._outbox.tell(TrashChanged())
        bases = yield Work("looking for bases that nothing needs", lambda _: _put_bases_away(roots))
        text = f"Moved to the trash: {', '.join(gone)}." if gone else "No backup goes by the rule."
        return f"{text} With them went {', '.join(bases)}." if bases else text

    def _go(self, roots: Sequence[Root], backup: Backup, progress: Progress) -> None:
        progress.heed()
        self._require_floor(roots, backup)
        for root in roots:
            if root.backup(backup.path).exists():
                copying.put_away(root, root.backup(backup.path), "backup", backup.id)
