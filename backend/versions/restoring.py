"""Restoring: a version becomes the whole head, its merged model without an adapter; undo goes back (semantics.md 7)."""

import msgspec

from backend.domain.move import MoveKind
from backend.domain.operation import Operation, OperationKind
from backend.domain.version import Version
from backend.errors import Damaged, Refused
from backend.operations.operations import Recovered
from backend.operations.work import Steps
from backend.store.operations import Unfinished
from backend.versions import reading_back, records, told
from backend.versions.parts import Parts


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    last_move: int
    """Number of the head's last move when it was begun."""


class Restoring:
    """`begin` begins it; `recover` is what a new host does about one that never ended."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def begin(self, version_id: str) -> Operation:
        """Raises WrongUse for an unknown version, Refused where the head cannot move, or stands there already."""
        parts = self._parts
        parts.operations.require_free()
        version = parts.store.versions.get(version_id)
        head = parts.store.head.get()
        if head.base == version.id and head.checkpoint is None:
            raise Refused(f"The head stands on {version.id} already, and nothing was trained on it since.")
        intent = Intent(version=version.id, last_move=parts.store.head.last_move())
        reading = reading_back.piece(parts, version).text
        return parts.operations.begin(
            OperationKind.RESTORE,
            version.id,
            intent,
            lambda _: self._steps(version),
            words=(reading, f"setting the head to {version.id}, without an adapter"),
            holds_head=True,
        )

    def recover(self, unfinished: Unfinished) -> Recovered:
        """The transaction was committed, or nothing has happened."""
        intent = msgspec.json.decode(unfinished.intent, type=Intent)
        for move in self._parts.store.head.moves():
            if move.id <= intent.last_move:
                break
            if move.kind is MoveKind.RESTORE and move.after is not None and move.after.base == intent.version:
                return Recovered(done=True, text=_done(intent.version))
        return Recovered(done=False, text="The program ended in the middle of it; the head is where it was.")

    def _steps(self, version: Version) -> Steps:
        parts = self._parts
        fault: Damaged | None = yield reading_back.piece(parts, version)
        with parts.store.atomic():
            version = reading_back.learn(parts, version, fault)
            if fault is None:
                records.put(parts.home, parts.store, version)
                parts.keeper.stand_on(version, version.card.adapter, MoveKind.RESTORE)
                parts.store.journal.add("restored", None, f"the head now stands on {version.id}")
        told.changed(parts)
        if fault is not None:
            raise Damaged(
                f"{fault.message} The head stays where it is.", reading_back.remedy(parts.store, version)
            ) from fault
        parts.keeper.show()
        return _done(version.id)


def _done(version: str) -> str:
    return f"The head now stands on {version}, without an adapter. Undo goes back to the head before."
