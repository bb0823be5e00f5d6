"""The one head row, and every move it made, so that each can be undone."""

import sqlite3

import msgspec

from backend.clock import utc_now
from backend.domain.head import AdapterSettings, Head
from backend.store.checkpoints import Checkpoints


class HeadRow:
    """The head's place in the database; the transaction that writes it is the commit (semantics.md 2)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._checkpoints = Checkpoints(connection)

    def get(self) -> Head:
        row = self._db.execute("select * from head").fetchone()
        if row is None:
            return Head()
        checkpoint = None if row["checkpoint"] is None else self._checkpoints.get(row["checkpoint"]).checkpoint
        return Head(
            base=row["base"],
            adapter=msgspec.json.decode(row["adapter"], type=AdapterSettings),
            checkpoint=checkpoint,
            total_steps=row["total_steps"],
        )

    def move(self, to: Head, kind: str, job: int | None = None, segment: int | None = None) -> None:
        """Point the head elsewhere and record the move; the checkpoints of one segment are one move."""
        before = self.get()
        checkpoint = to.checkpoint.id if to.checkpoint else None
        self._db.execute(
            "insert or replace into head (one, base, adapter, checkpoint, total_steps) values (1, ?, ?, ?, ?)",
            (to.base, msgspec.json.encode(to.adapter).decode(), checkpoint, to.total_steps),
        )
        last = self._db.execute("select * from head_moves order by id desc limit 1").fetchone()
        if last is not None and segment is not None and (last["job"], last["segment"]) == (job, segment):
            self._db.execute(
                "update head_moves set checkpoint_after = ?, total_after = ?, at = ? where id = ?",
                (checkpoint, to.total_steps, utc_now(), last["id"]),
            )
            return
        self._db.execute(
            "insert into head_moves (kind, at, job, segment, base_before, base_after, checkpoint_before,"
            " checkpoint_after, total_before, total_after) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                kind,
                utc_now(),
                job,
                segment,
                before.base,
                to.base,
                before.checkpoint.id if before.checkpoint else None,
                checkpoint,
                before.total_steps,
                to.total_steps,
            ),
        )
