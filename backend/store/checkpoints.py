"""Rows of checkpoints and of the segments that made them."""

import enum
import sqlite3

import msgspec

from backend.clock import utc_now
from backend.domain.head import Checkpoint
from backend.protocol.engine import Mode, Outcome

FIELDS = Checkpoint.__struct_fields__


class Condition(enum.StrEnum):
    """Whether a checkpoint can be used. Rows stay for good, so that sequence numbers never come twice."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    GONE = "gone"


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint with what the head needs to stand on it."""

    checkpoint: Checkpoint
    base: str
    total_steps: int
    condition: Condition


class Checkpoints:
    """All checkpoints of a home, ordered by their sequence number."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, checkpoint: Checkpoint, base: str, total_steps: int) -> None:
        values = [getattr(checkpoint, name) for name in FIELDS]
        marks = ", ".join("?" * (len(FIELDS) + 2))
        self._db.execute(
            f"insert into checkpoints ({', '.join(FIELDS)}, base, total_steps) values ({marks})",
            (*values, base, total_steps),
        )

    def known(self, sequence: int) -> bool:
        return self._db.execute("select 1 from checkpoints where id = ?", (sequence,)).fetchone() is not None

    def get(self, sequence: int) -> Stored:
        return _stored(self._db.execute("select * from checkpoints where id = ?", (sequence,)).fetchone())

    def of_job(self, job: int) -> list[Stored]:
        """Newest first, whole ones only."""
        rows = self._db.execute("select * from checkpoints where job = ? and state = 'whole' order by id desc", (job,))
        return [_stored(row) for row in rows]

    def whole(self) -> list[Stored]:
        """Of all jobs, oldest first."""
        return [stored for stored in self.ever() if stored.condition is Condition.WHOLE]

    def ever(self) -> list[Stored]:
        """All that there ever were, oldest first."""
        return [_stored(row) for row in self._db.execute("select * from checkpoints order by id")]

    def standing_of(self, job: int) -> list[Stored]:
        """Newest first, whole ones that the job may go on from: made since it last began at step 0, and not undone."""
        rows = self._db.execute(
            "select * from checkpoints where job = :job and state = 'whole' and segment >="
            " (select coalesce(max(number), 0) from segments where job = :job and mode = 'start') and exists"
            " (select 1 from head_moves where head_moves.job = checkpoints.job"
            " and head_moves.segment = checkpoints.segment and head_moves.state = 'standing') order by id desc",
            {"job": job},
        )
        return [_stored(row) for row in rows]

    def lineage_before(self, sequence: int) -> list[Stored]:
        """Whole ones that the head stood on since its base was chosen, older than this one, newest first."""
        rows = self._db.execute(
            "with last as (select coalesce(max(id), 0) as id from head_moves"
            " where kind in ('use', 'consolidation', 'restore') and state = 'standing')"
            " select * from checkpoints where id < ? and state = 'whole' and (exists (select 1 from head_moves"
            " where head_moves.job = checkpoints.job and head_moves.segment = checkpoints.segment"
            " and head_moves.state = 'standing' and head_moves.id > (select id from last))"
            # A backup of a head brings its checkpoint.
            " or id = (select checkpoint_after from head_moves where id = (select id from last))) order by id desc",
            (sequence,),
        )
        return [_stored(row) for row in rows]

    def mark(self, sequence: int, condition: Condition) -> None:
        self._db.execute("update checkpoints set state = ? where id = ?", (str(condition), sequence))

    def gone(self, job: int) -> list[Stored]:
        rows = self._db.execute("select * from checkpoints where job = ? and state = 'gone'", (job,))
        return [_stored(row) for row in rows]

    def needed(self) -> set[int]:
        """What the head or any recorded move of it stands on."""
        rows = self._db.execute(
            "select checkpoint from head where checkpoint is not null"
            " union select checkpoint_before from head_moves where checkpoint_before is not null"
            " union select checkpoint_after from head_moves where checkpoint_after is not null"
        )
        return {int(row[0]) for row in rows}

    def last_sequence(self) -> int:
        return int(self._db.execute("select max(id) from checkpoints").fetchone()[0] or 0)


class Segments:
    """One unbroken stretch of training of a job; a resume or continuation begins another."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def begin(self, job: int, mode: Mode, from_step: int, total_before: int, head_before: int | None) -> int:
        """Record a segment and return its number, counted from 1 within the job."""
        row = self._db.execute("select max(number) from segments where job = ?", (job,)).fetchone()
        number = int(row[0] or 0) + 1
        self._db.execute(
            "insert into segments (job, number, mode, from_step, total_before, head_before, started_at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (job, number, str(mode), from_step, total_before, head_before, utc_now()),
        )
        return number

    def end(self, job: int, number: int, outcome: Outcome | None) -> None:
        """`None` is an engine that went away without a word."""
        self._db.execute(
            "update segments set ended_at = ?, outcome = ? where job = ? and number = ? and ended_at is null",
            (utc_now(), str(outcome or "lost"), job, number),
        )

    def open(self) -> list[tuple[int, int]]:
        """Job and number of each that has not ended; without an engine these are what a killed host left."""
        rows = self._db.execute("select job, number from segments where ended_at is null order by id")
        return [(int(row[0]), int(row[1])) for row in rows]

    def totals(self, job: int, number: int) -> tuple[int, int]:
        """Step of the job and total steps of the head when this segment began."""
        row = self._db.execute(
            "select from_step, total_before from segments where job = ? and number = ?", (job, number)
        ).fetchone()
        return (int(row[0]), int(row[1])) if row is not None else (0, 0)

    def put_evolution(self, job: int, number: int, folder: str, origin: str) -> None:
        """The name of the folder that the segment's snapshots go into, and what its run began as."""
        self._db.execute(
            "update segments set evolution_folder = ?, evolution_origin = ? where job = ? and number = ?",
            (folder, origin, job, number),
        )

    def evolution(self, job: int) -> tuple[str, str] | None:
        """Folder and origin of the job's present run; None where it has none yet."""
        row = self._db.execute(
            "select evolution_folder, evolution_origin from segments where job = ? and evolution_folder is not null"
            " order by number desc limit 1",
            (job,),
        ).fetchone()
        return None if row is None else (str(row[0]), str(row[1]))

    def has_checkpoint(self, job: int, folder: str) -> bool:
        """Whether a segment whose snapshots went into this folder has saved a step."""
        row = self._db.execute(
            "select 1 from checkpoints join segments on segments.job = checkpoints.job"
            " and segments.number = checkpoints.segment where segments.job = ? and evolution_folder = ? limit 1",
            (job, folder),
        ).fetchone()
        return row is not None

    def evolution_folders(self) -> set[str]:
        """All that were ever given."""
        rows = self._db.execute("select distinct evolution_folder from segments where evolution_folder is not null")
        return {str(row[0]) for row in rows}

    def last(self, job: int) -> int:
        return int(self._db.execute("select max(number) from segments where job = ?", (job,)).fetchone()[0] or 0)


def _stored(row: sqlite3.Row) -> Stored:
    return Stored(
        checkpoint=Checkpoint(**{name: row[name] for name in FIELDS}),
        base=row["base"],
        total_steps=row["total_steps"],
        condition=Condition(row["state"]),
    )
