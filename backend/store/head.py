"""The one head row, and every move it made, so that each can be undone."""

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from backend.clock import utc_now
from backend.domain.head import AdapterSettings, Head
from backend.domain.job import Job
from backend.domain.move import Move, MoveKind, MoveState
from backend.store.checkpoints import Checkpoints


class HeadRow:
    """The head's place in the database; the transaction that writes it is the commit (semantics.md 2)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._checkpoints = Checkpoints(connection)

    def get(self) -> Head:
        row = self._db.execute("select * from head").fetchone()
        return Head() if row is None else self._head(*(row[name] for name in _PARTS))

    def put(self, head: Head) -> None:
        """Point the head elsewhere; the moves that led there are marked by the caller."""
        self._db.execute(
            "insert or replace into head (one, base, adapter, checkpoint, total_steps) values (1, ?, ?, ?, ?)",
            _parts(head),
        )

    def move(self, to: Head, kind: MoveKind, job: int | None = None, segment: int | None = None) -> None:
        """Point the head elsewhere and record the move; it ends redo. The checkpoints of one segment are one move."""
        before = self.get()
        self.put(to)
        self.end_redo()
        last = self._db.execute("select id, job, segment from head_moves order by id desc limit 1").fetchone()
        if last is not None and segment is not None and (last["job"], last["segment"]) == (job, segment):
            self._db.execute(
                "update head_moves set base_after = ?, adapter_after = ?, checkpoint_after = ?, total_after = ?, at = ?"
                " where id = ?",
                (*_parts(to), utc_now(), last["id"]),
            )
            return
        self._db.execute(
            "insert into head_moves (kind, at, job, segment, base_before, adapter_before, checkpoint_before,"
            " total_before, base_after, adapter_after, checkpoint_after, total_after)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (str(kind), utc_now(), job, segment, *_parts(before), *_parts(to)),
        )

    def moves(self) -> Iterator[Move]:
        """All of them, newest first; read one after the other."""
        return self._moves("")

    def standing(self) -> Iterator[Move]:
        """Those that the head is made of, newest first; read one after the other."""
        return self._moves("where state = 'standing'")

    def undone(self) -> list[Move]:
        """What redo would bring back, newest first: the moves that the last undo took back."""
        return list(
            self._moves("where state = 'undone' and undo = (select max(undo) from head_moves where state = 'undone')")
        )

    def ever_undone(self) -> Iterator[Move]:
        """All that redo can bring back, one redo after the other, newest first."""
        return self._moves("where state = 'undone'")

    def end_redo(self) -> None:
        """What was undone stays a branch that only the history knows."""
        self._db.execute("update head_moves set state = 'left' where state = 'undone'")

    def last_move(self) -> int:
        """Number of the newest move, whatever its state; 0 where the head never moved."""
        return int(self._db.execute("select max(id) from head_moves").fetchone()[0] or 0)

    def take_back(self, moves: Iterable[Move], jobs: Iterable[Job]) -> None:
        """Mark moves as undone together; `jobs` are kept as they were, for redo."""
        content = msgspec.json.encode(list(jobs)).decode()
        undo = self._db.execute("insert into undos (at, jobs) values (?, ?)", (utc_now(), content)).lastrowid
        self._db.executemany(
            "update head_moves set state = 'undone', undo = ? where id = ?", [(undo, move.id) for move in moves]
        )

    def bring_back(self, moves: Iterable[Move]) -> None:
        """Mark undone moves as standing again."""
        self._db.executemany("update head_moves set state = 'standing' where id = ?", [(move.id,) for move in moves])

    def jobs_before(self, undo: int) -> list[Job]:
        """The jobs that an undo took back, as they were before it."""
        row = self._db.execute("select jobs from undos where id = ?", (undo,)).fetchone()
        return msgspec.json.decode(row["jobs"], type=list[Job])

    def _moves(self, where: str) -> Iterator[Move]:
        rows = self._db.execute(f"select id from head_moves {where} order by id desc").fetchall()
        return (self._move(int(row[0])) for row in rows)

    def _move(self, number: int) -> Move:
        row = self._db.execute(
            "select head_moves.*, coalesce(jobs.name, json_extract(bases.card, '$.name'), base_after, '') as name"
            " from head_moves left join jobs on jobs.id = head_moves.job"
            " left join bases on bases.slug = head_moves.base_after where head_moves.id = ?",
            (number,),
        ).fetchone()
        before, after = (
            None if row[f"adapter_{side}"] is None else self._head(*(row[f"{name}_{side}"] for name in _MOVE_PARTS))
            for side in ("before", "after")
        )
        return Move(
            id=row["id"],
            kind=MoveKind(row["kind"]),
            state=MoveState(row["state"]),
            at=row["at"],
            job=row["job"],
            name=row["name"] or row["base_after"] or "",
            segment=row["segment"],
            before=before,
            after=after,
            undo=row["undo"],
        )

    def _head(self, base: str | None, adapter: str, checkpoint: int | None, total_steps: int) -> Head:
        return Head(
            base=base,
            adapter=msgspec.json.decode(adapter, type=AdapterSettings),
            checkpoint=None if checkpoint is None else self._checkpoints.get(checkpoint).checkpoint,
            total_steps=total_steps,
        )


_PARTS = ("base", "adapter", "checkpoint", "total_steps")
"""A head's columns in its own row."""
_MOVE_PARTS = ("base", "adapter", "checkpoint", "total")
"""The same in a move, each with _before or _after."""


def _parts(head: Head) -> tuple[str | None, str, int | None, int]:
    adapter = msgspec.json.encode(head.adapter).decode()
    return head.base, adapter, head.checkpoint.id if head.checkpoint else None, head.total_steps
