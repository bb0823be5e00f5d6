"""The host's part of the trash: what is due goes by itself, what is named goes now; the rows say so."""

import contextlib
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from backend.domain.operation import Operation
from backend.domain.trash import TrashEntry
from backend.domain.version import Condition
from backend.errors import NoSpace, Refused, UserError
from backend.outbox import Outbox
from backend.protocol.host import Notice
from backend.protocol.keeping import TrashChanged
from backend.store.store import Store
from backend.trash.due import Due
from backend.trash.restoring import TrashRestoring
from backend.trash.rows import Rows, Told
from backend.trash.trash import Trash

log = logging.getLogger(__name__)
LOOK_SECONDS = 300.0


class TrashKeeper:
    """Belongs to the host's thread; deleting itself, which may take long, happens in one of its own."""

    def __init__(
        self, store: Store, outbox: Outbox, trash: Trash, rows: Rows, restoring: TrashRestoring, due: Due | None = None
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._trash = trash
        self._rows = rows
        self._restoring = restoring
        self._due = due or Due()
        self._thread: threading.Thread | None = None
        self._failed: OSError | None = None
        self._look_at = 0.0
        self._again = True
        """Whether something waits for its deletion, perhaps since an earlier host."""
        self._unsettled = True
        """Whether rows may still say that something lies in the trash which is gone."""

    def tick(self) -> None:
        """Delete what is marked, and every few minutes look for what is due. Raises NoSpace: rows cannot be written."""
        if self._thread is not None:
            if self._thread.is_alive():
                return
            self._finish()
        self._begin_sweep()
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_SECONDS
            self._look()

    def purge_due(self) -> None:
        """What lay there a day goes. Raises UserError where the trash cannot be read or changed."""
        entries = {entry.name: entry for entry in self._trash.entries() if entry.name != self._restoring.wanted}
        due = [entries[name] for name in self._due.among(entries.values())]
        if due:
            self._let_go(due)
            log.info("Gone from the trash after a day: %s.", ", ".join(entry.name for entry in due))

    def empty(self, names: Sequence[str]) -> tuple[TrashEntry, ...]:
        """These go for good, now; returns them as they lay there.

        Raises:
            WrongUse: one of them is not in the trash; none went.
            Refused: one of them is just being brought back; none went.
        """
        entries = [self._trash.find(name) for name in dict.fromkeys(names)]
        if self._restoring.wanted in names:
            raise Refused(f"{self._restoring.wanted} is just being brought back.", "Cancel that first.")
        self._let_go(entries)
        return tuple(entries)

    def restore(self, name: str) -> Operation:
        """Raises WrongUse or Refused where it cannot go back to where it lay."""
        return self._restoring.begin(self._trash.find(name))

    def close(self) -> None:
        """Wait for what is being deleted; what is left goes with the next host."""
        if self._thread is not None:
            self._thread.join()
            self._finish()
        if self._unsettled:  # a host for a moment only closes before it ever looks
            with contextlib.suppress(NoSpace):
                self._settle()
        self._begin_sweep()
        if self._thread is not None:
            self._thread.join()
            self._finish()

    def _look(self) -> None:
        try:
            self.purge_due()
            if self._unsettled:
                self._settle()
        except NoSpace:
            self._look_at = 0.0
            raise
        except UserError as error:
            log.warning("%s", error)

    def _let_go(self, entries: Sequence[TrashEntry]) -> None:
        """First out of the trash, then out of the rows: one that is not there cannot be brought back."""
        try:
            self._trash.set_aside(entries)
        except OSError as error:
            self._again = self._unsettled = True
            raise UserError(f"The trash cannot be emptied: {error}.", "Look at its folder's rights.") from error
        self._again = True
        left = {_what(entry) for entry in self._trash.entries()}
        told: list[Told] = []
        try:
            with self._store.atomic():
                told = self._rows.mark([entry for entry in entries if _what(entry) not in left], Condition.GONE)
                self._store.journal.add("trash emptied", None, ", ".join(entry.name for entry in entries))
        except NoSpace as error:  # what is deleted now makes room for it
            log.warning("The rows say later what went: %s", error)
            self._unsettled, self._look_at = True, 0.0
        for event in (*told, TrashChanged()):
            self._outbox.tell(event)

    def _settle(self) -> None:
        with self._store.atomic():
            told = self._rows.settle(self._trash.entries())
        self._unsettled = False
        for event in told:
            self._outbox.tell(event)

    def _begin_sweep(self) -> None:
        if self._again:
            self._again = False
            self._thread = threading.Thread(target=self._sweep, name="trash", daemon=True)
            self._thread.start()

    def _sweep(self) -> None:
        try:
            self._trash.sweep()
        except OSError as error:
            self._failed = error
        self._outbox.ring()

    def _finish(self) -> None:
        failed, self._thread, self._failed = self._failed, None, None
        if failed is not None:
            log.warning("Not all of the trash could be deleted: %s", failed)
            text = f"Something in the trash could not be deleted: {failed}."
            self._outbox.tell(Notice(level="warning", text=text, hint="It is tried again at the next start."))


def _what(entry: TrashEntry) -> tuple[Path, str, str]:
    """What it was and in which trash: something may lie there twice."""
    return Path(entry.path).parent, entry.kind, entry.of
