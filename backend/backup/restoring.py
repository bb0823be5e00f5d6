"""Restores a backup: its copy verified first, each part to its own place, then one transaction; undo goes back."""

import contextlib
import dataclasses
from collections.abc import Callable, Generator, Sequence
from typing import Any

import msgspec

from backend.backup import alternatives, copying, numbering, placing
from backend.backup.folder import CONTENT
from backend.backup.recording import Found, describe_part, record
from backend.backup.root import Root
from backend.backup.targets import Part, parts_of
from backend.backup.verifying import BackupVerifying
from backend.domain.backup import Backup, CopyState, Place, Subject
from backend.domain.operation import Operation, OperationKind
from backend.domain.version import Condition
from backend.errors import Damaged, NoSpace, UserError
from backend.head.keeper import HeadKeeper
from backend.operations.operations import INTERRUPTED, Operations, Recovered
from backend.operations.work import Progress, Steps, Work
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.keeping import RestoreBackup, VersionsChanged
from backend.store.operations import Unfinished
from backend.store.store import Store
from backend.versions import latest
from backend.versions.folder import number_of
from backend.versions.numbers import next_number, use


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal keeps of a restoring. Before `place` is known, nothing was begun."""

    backup: str
    place: Place | None = None
    number: int | None = None
    """Of the new version that it becomes, where the old one is whole in its place."""


class BackupRestoring:
    """`begin` begins it; `recover` does again what a host that was killed had begun to bring back."""

    def __init__(
        self,
        home: Home,
        store: Store,
        outbox: Outbox,
        operations: Operations,
        keeper: HeadKeeper,
        verifying: BackupVerifying,
        means: copying.Means,
    ) -> None:
        self._home = home
        self._store = store
        self._outbox = outbox
        self._operations = operations
        self._keeper = keeper
        self._verifying = verifying
        self._means = means

    def begin(self, request: RestoreBackup) -> Operation:
        """Raises WrongUse for an unknown backup, Refused while a job trains: it writes and prunes checkpoints too."""
        self._operations.require_free()
        backup = self._store.backups.get(request.backup)
        return self._operations.begin(
            OperationKind.RESTORE_BACKUP,
            backup.id,
            Intent(backup=backup.id),
            lambda operation: self._steps(operation.id, backup, request.place),
            holds_head=backup.card.subject in (Subject.HEAD, Subject.CHECKPOINT),
        )

    def recover(self, unfinished: Unfinished) -> Recovered:
        """Its copy was verified: what was begun is done again to its end, in the thread of the host that starts."""
        intent = msgspec.json.decode(unfinished.intent, type=Intent)
        backup = self._store.backups.find(intent.backup)
        if backup is None or intent.place is None:
            return Recovered(done=False, text=INTERRUPTED)
        try:
            text = _run(self._bring(backup, intent))
        except (UserError, OSError) as error:
            return Recovered(done=False, text=f"It could not be brought back: {error}")
        return Recovered(done=True, text=text)

    def _steps(self, operation: int, backup: Backup, wanted: Place | None) -> Steps:
        place = yield from self._whole_place(backup, wanted)
        intent = Intent(backup=backup.id, place=place)
        if backup.card.subject is Subject.VERSION:
            [part] = self._parts(backup, place)
            if (yield Work(f"looking at {part.of} where it lies", _looking(part))):
                number = next_number(self._home, self._store)
                use(self._home, number)
                intent = msgspec.structs.replace(intent, number=number)
        with self._store.atomic():
            self._store.operations.note(operation, intent)
        return (yield from self._bring(backup, intent))

    def _whole_place(self, backup: Backup, wanted: Place | None) -> Generator[Work, Any, Place]:
        """The first place whose copy verifies now, every byte.

        Raises:
            Damaged: none does; the hint names another backup.
        """
        problems = []
        for place in self._verifying.places_of(backup) if wanted is None else [wanted]:
            state: CopyState
            state, problem = yield from self._verifying.check(backup, place)
            if not problem and state.condition is Condition.WHOLE:
                # What does not load here, for want of memory or of a library, is what it was all the same.
                return place
            problems.append(problem or state.message)
        raise Damaged(" ".join(problems) or f"{backup.id} has no copy there.", alternatives.hint(self._store, backup))

    def _bring(self, backup: Backup, intent: Intent) -> Steps:
        assert intent.place is not None
        if backup.card.subject is Subject.EVOLUTION:
            return (yield from self._evolution(backup, intent.place))
        parts = self._parts(backup, intent.place)
        for part in parts:
            if part.kind == "version" and (number := number_of(part.place.name)) is not None:
                use(self._home, number)  # it may come from another home
        if intent.number is not None:
            [part] = parts
            brought = yield Work(f"bringing back {backup.id}", self._renumbering(part, backup.id, intent.number))
        else:
            brought = yield Work(f"bringing back {backup.id}", self._bringing(parts))
        return self._finish(backup, brought)

    def _finish(self, backup: Backup, brought: "Sequence[tuple[Part, Found, bool]]") -> str:
        with self._store.atomic():
            record(self._home, self._store, backup, [(part, found) for part, found, _ in brought])
            self._store.journal.add("backup restored", None, backup.id)
        self._keeper.show()
        if any(part.kind == "version" for part, _, _ in brought):
            with contextlib.suppress(NoSpace, OSError):  # derived, and written again at the next start
                latest.show(self._home, self._store)
            self._outbox.tell(VersionsChanged())
        came = [f"{part.kind} {part.of} to {part.place}" for part, _, came in brought if came]
        text = f"Brought back {', '.join(came)}." if came else "All of it was whole in its place already."
        if backup.card.subject is Subject.HEAD:
            text += f" The head stands as {backup.id} holds it; undo goes back."
        return text

    def _evolution(self, backup: Backup, place: Place) -> Generator[Work, Any, str]:
        source = self._root(place).backup(backup.path) / CONTENT
        target = self._home.evolution / backup.card.of

        def run(progress: Progress) -> int:
            return placing.bring_missing(source, target, progress)

        came: int = yield Work(f"bringing back {backup.id}", run)
        return f"{came} files that were missing in {target} were brought back; the others are as they were."

    def _parts(self, backup: Backup, place: Place) -> list[Part]:
        return parts_of(self._home, self._store, self._root(place), backup)

    def _root(self, place: Place) -> Root:
        root = self._verifying.root_of(place)
        if root is None:
            raise UserError("No second location is set.", "`espalier settings set backup.second_location DIR`.")
        return root

    def _bringing(self, parts: list[Part]) -> Callable[[Progress], "list[tuple[Part, Found, bool]]"]:
        def run(progress: Progress) -> "list[tuple[Part, Found, bool]]":
            brought = []
            for part in parts:
                came = placing.bring(
                    part.source, part.sums_sha256, part.place, part.kind, self._means.put_away, progress
                )
                brought.append((part, describe_part(self._home, part), came))
            return brought

        return run

    def _renumbering(
        self, part: Part, backup: str, number: int
    ) -> Callable[[Progress], "list[tuple[Part, Found, bool]]"]:
        def run(progress: Progress) -> "list[tuple[Part, Found, bool]]":
            version = numbering.bring_as_new(self._home, part.source, backup, number, progress)
            new = dataclasses.replace(part, of=version.id, place=self._home.root / version.path)
            return [(new, version, True)]

        return run


def _looking(part: Part) -> Callable[[Progress], bool]:
    return lambda progress: placing.is_whole(part.place, part.sums_sha256, progress)


def _run(steps: Steps) -> str:
    """All of it, here and now."""
    result = None
    progress = Progress()
    while True:
        try:
            piece = steps.send(result)
        except StopIteration as stop:
            return str(stop.value)
        assert isinstance(piece, Work)
        result = piece.run(progress)
