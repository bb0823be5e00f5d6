"""The second location: each backup is copied there too, and what it missed is made up by a later operation."""

from collections.abc import Callable, Generator, Sequence
from typing import Any

import msgspec

from backend import files, leftovers
from backend.backup import copying
from backend.backup.root import home_root, problem_of, remember_used, second_root
from backend.domain.backup import Backup, CopyState
from backend.domain.version import Condition
from backend.errors import UserError
from backend.operations.work import Cancelled, Progress, Work
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.host import Notice
from backend.protocol.keeping import BackupsChanged
from backend.settings import BackupSettings
from backend.store.store import Store


class SecondLocation:
    """Every touch of it happens in a thread: it may be a network that does not answer, or a disk that is gone."""

    def __init__(
        self,
        home: Home,
        store: Store,
        outbox: Outbox,
        settings: Callable[[], BackupSettings],
        means: copying.Means,
    ) -> None:
        self._home = home
        self._store = store
        self._outbox = outbox
        self._settings = settings
        self._means = means

    def copy(self, backup: Backup) -> Generator[Work, Any, CopyState | None]:
        """Copy what was just taken; what fails there is told, and the state says so. None where no location is set.

        Raises:
            Cancelled: nothing is left of it there.
        """
        settings = self._settings()
        root = second_root(settings)
        if root is None:
            return None

        def run(progress: Progress) -> CopyState:
            if problem := problem_of(self._home, settings):
                raise UserError(problem)
            leftovers.remove_of_backups(root.folder)
            files.make_folder(root.bases)
            remember_used(self._home, root.folder)
            place = root.backup(backup.path)
            if place.exists():  # copied once before, by a host that could not record it any more
                return copying.check(root, backup, self._means, progress)
            return copying.mirror(home_root(self._home), root, backup, self._means, progress)

        try:
            state: CopyState = yield Work(f"copying {backup.id} to {root.folder}", run)
        except Cancelled:
            raise
        except copying.SourceDamaged as error:
            self._learn_damage(backup, error)
            return CopyState(condition=Condition.GONE, message=error.message)
        except (UserError, OSError) as error:
            self._outbox.tell(
                Notice(
                    level="warning",
                    text=f"{backup.id} was not copied to the second location: {error}",
                    hint="The copy in the home is whole. The next backup, or `espalier backup verify`, makes it up.",
                )
            )
            return CopyState(condition=Condition.GONE, message=str(error))
        return state

    def _learn_damage(self, backup: Backup, error: UserError) -> None:
        """Reading the copy at home showed that it is not whole any more."""
        known = self._store.backups.find(backup.id)
        if known is not None:
            damaged = msgspec.structs.replace(known.here, condition=Condition.DAMAGED, message=error.message)
            with self._store.atomic():
                self._store.backups.put_states(msgspec.structs.replace(known, here=damaged))
                self._store.journal.add("damaged", None, error.message)
            self._outbox.tell(BackupsChanged())
        text = f"{backup.id} is damaged in the home and was not copied to the second location: {error.message}"
        self._outbox.tell(Notice(level="error", text=text, hint="`espalier backup list` shows which copies are whole."))

    def drop(self, backup: Backup) -> None:
        """Take back a copy that was never recorded; safe in a thread. Raises OSError."""
        root = second_root(self._settings())
        if root is not None:
            copying.drop(root, backup)

    def make_up(self, backups: Sequence[Backup]) -> Generator[Work, Any, int]:
        """Copy those that are whole at home and lack their second copy; returns how many were.

        One failure of the second location ends it, a copy at home that is not whole after all does not.
        """
        done = 0
        for backup in backups:
            state = yield from self.copy(backup)
            if state is None or state.condition is not Condition.WHOLE:
                known = self._store.backups.find(backup.id)
                if known is not None and known.here.condition is Condition.DAMAGED:
                    continue
                break
            with self._store.atomic():
                self._store.backups.put_states(msgspec.structs.replace(backup, second=state))
                self._store.journal.add("backup", None, f"{backup.id}: copied to the second location")
            self._outbox.tell(BackupsChanged())
            done += 1
        return done

    def pending(self) -> list[Backup]:
        """Those whose second copy failed or was lost."""
        return [one for one in self.lacking() if one.second is not None]

    def lacking(self) -> list[Backup]:
        """Those without a second copy, made before a location was set among them."""
        if not self._settings().second_location:
            return []
        return [
            one
            for one in self._store.backups.all()
            if one.here.condition is Condition.WHOLE and (one.second is None or one.second.condition is Condition.GONE)
        ]
