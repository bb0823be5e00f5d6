"""Brings one thing back from the trash to where it lay: read back first, moved, then whole in the database."""

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from backend import files
from backend.domain.operation import Operation, OperationKind
from backend.domain.trash import TrashEntry
from backend.domain.version import Condition
from backend.errors import Damaged, NoSpace, Refused
from backend.operations.operations import INTERRUPTED, Operations, Recovered
from backend.operations.work import Progress, Steps, Work
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.keeping import TrashChanged, VersionsChanged
from backend.store.operations import Unfinished
from backend.store.store import Store
from backend.trash.rows import Lay, Rows
from backend.versions import latest

log = logging.getLogger(__name__)
READING = "Reading every byte back"
MOVING = "Moving it to where it lay"


class RestoreIntent(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted back, and where it goes."""

    entry: TrashEntry
    lay: Lay


class TrashRestoring:
    """`begin` begins the operation; `recover` is what a new host does about one that never ended."""

    def __init__(self, home: Home, store: Store, operations: Operations, outbox: Outbox, rows: Rows) -> None:
        self._home = home
        self._store = store
        self._operations = operations
        self._outbox = outbox
        self._rows = rows
        self.wanted = ""
        """Name of the entry that is just brought back."""

    def begin(self, entry: TrashEntry) -> Operation:
        """Raises WrongUse where it is not known where it lay, Refused where something else lies there now."""
        self._operations.require_free()
        lay = self._rows.lay(entry)
        _require_free(Path(lay.path))
        intent = RestoreIntent(entry=entry, lay=lay)
        return self._operations.begin(
            OperationKind.RESTORE_TRASH,
            f"{entry.kind} {entry.of}",
            intent,
            lambda _: self._steps(intent),
            words=(READING, MOVING),
        )

    def recover(self, unfinished: Unfinished) -> Recovered:
        """What was moved already is recorded; it was read back before."""
        intent = msgspec.json.decode(unfinished.intent, type=RestoreIntent)
        if Path(intent.entry.path).exists() or not Path(intent.lay.path).exists():
            return Recovered(done=False, text=INTERRUPTED)
        self._record(intent)
        return Recovered(done=True, text=_done(intent))

    def _steps(self, intent: RestoreIntent) -> Steps:
        self.wanted = intent.entry.name
        try:
            try:
                yield Work(READING, _reading(intent))
            except Damaged as error:
                raise Damaged(error.message, "It stays in the trash; perhaps a backup holds it whole.") from error
            place = Path(intent.lay.path)
            _require_free(place)
            files.make_folder(place.parent)
            files.move(Path(intent.entry.path), place)
            try:
                self._record(intent)
            except NoSpace:  # no room even for its row
                files.move(place, Path(intent.entry.path))
                raise
        finally:
            self.wanted = ""
        return _done(intent)

    def _record(self, intent: RestoreIntent) -> None:
        with self._store.atomic():
            told = self._rows.mark([intent.entry], Condition.WHOLE)
            self._store.journal.add("out of the trash", None, f"{intent.entry.kind} {intent.entry.of}")
        if VersionsChanged() in told:
            self._lead_to_latest()
        for event in (*told, TrashChanged()):
            self._outbox.tell(event)

    def _lead_to_latest(self) -> None:
        """A disk without room for that undoes nothing: it is written again at the next start."""
        try:
            latest.show(self._home, self._store)
        except (NoSpace, OSError) as error:
            log.error("`latest` could not be written: %s", error)


def _reading(intent: RestoreIntent) -> Callable[[Progress], None]:
    def read(progress: Progress) -> None:
        progress.step(READING, intent.entry.bytes)
        files.verify(Path(intent.entry.path), intent.lay.sums_sha256, from_disk=True, heed=progress.heed)

    return read


def _require_free(place: Path) -> None:
    if place.exists():
        raise Refused(f"{place} is there already, and nothing is put over it.", "Move that one away first.")


def _done(intent: RestoreIntent) -> str:
    return f"{intent.entry.kind} {intent.entry.of} is back in {intent.lay.path}, every byte as it was."
