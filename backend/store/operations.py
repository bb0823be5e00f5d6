"""The journal of operations: what was begun, with what in mind, and how it ended (safety.md, rule 4)."""

import sqlite3

import msgspec

from backend.clock import utc_now
from backend.domain.operation import Operation, OperationKind, OperationState


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """An operation whose end was never recorded."""

    operation: Operation
    intent: str
    """JSON; its kind knows the type."""


class Operations:
    """What is written inside one call is committed by the caller."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def begin(self, kind: OperationKind, subject: str, intent: msgspec.Struct) -> Operation:
        """The intent row."""
        now = utc_now()
        cursor = self._db.execute(
            "insert into operations (kind, subject, intent, state, begun_at) values (?, ?, ?, ?, ?)",
            (str(kind), subject, msgspec.json.encode(intent).decode(), str(OperationState.RUNNING), now),
        )
        return Operation(id=int(cursor.lastrowid or 0), kind=kind, subject=subject, begun_at=now)

    def note(self, operation: int, intent: msgspec.Struct) -> None:
        """What recovery must know from here on."""
        encoded = msgspec.json.encode(intent).decode()
        self._db.execute("update operations set intent = ? where id = ?", (encoded, operation))

    def end(self, operation: Operation) -> None:
        """Its state, words and exit status, for good."""
        self._db.execute(
            "update operations set state = ?, step = ?, text = ?, hint = ?, exit_status = ?, ended_at = ? where id = ?",
            (
                str(operation.state),
                operation.step,
                operation.text,
                operation.hint,
                operation.exit_status,
                operation.ended_at,
                operation.id,
            ),
        )

    def unfinished(self) -> list[Unfinished]:
        """Oldest first."""
        rows = self._db.execute("select * from operations where state = 'running' order by id")
        return [Unfinished(operation=_operation(row), intent=row["intent"]) for row in rows]

    def latest(self, last: int) -> list[Operation]:
        """Newest first."""
        return [
            _operation(row) for row in self._db.execute("select * from operations order by id desc limit ?", (last,))
        ]


def _operation(row: sqlite3.Row) -> Operation:
    return Operation(
        id=row["id"],
        kind=OperationKind(row["kind"]),
        subject=row["subject"],
        state=OperationState(row["state"]),
        step=row["step"],
        text=row["text"],
        hint=row["hint"],
        exit_status=row["exit_status"],
        begun_at=row["begun_at"],
        ended_at=row["ended_at"],
    )
