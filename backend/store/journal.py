"""The audit trail of every job, and the few facts about the queue that outlive a host."""

import enum
import sqlite3
from collections.abc import Iterable

from backend.clock import utc_now
from backend.domain.entry import Entry

_SELECT = (
    "select events.id, events.at, events.job, events.what, events.reason, jobs.name"
    " from events left join jobs on jobs.id = events.job"
)


class Journal:
    """Everything that happened to each file, with time and reason."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, what: str, job: int | None = None, reason: str = "") -> None:
        self._db.execute(
            "insert into events (at, job, what, reason) values (?, ?, ?, ?)", (utc_now(), job, what, reason)
        )

    def add_all(self, what: str, reasons: Iterable[tuple[int, str]]) -> None:
        """The same thing happened to many jobs, to each for its own reason."""
        now = utc_now()
        self._db.executemany(
            "insert into events (at, job, what, reason) values (?, ?, ?, ?)",
            ((now, job, what, reason) for job, reason in reasons),
        )

    def of_job(self, job: int) -> list[Entry]:
        """All of it, oldest first."""
        return [_entry(row) for row in self._db.execute(f"{_SELECT} where events.job = ? order by events.id", (job,))]

    def latest(self, last: int, job: int | None = None, after: int = 0, before: int | None = None) -> list[Entry]:
        """At most so many entries, the newest between two ids, of a job or of everything; oldest first."""
        where = "events.id > :after"
        where += "" if job is None else " and events.job = :job"
        where += "" if before is None else " and events.id < :before"
        rows = self._db.execute(
            f"{_SELECT} where {where} order by events.id desc limit :last",
            {"job": job, "last": last, "after": after, "before": before},
        )
        return [_entry(row) for row in rows][::-1]


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        id=row["id"], at=row["at"], job=row["job"], what=row["what"], reason=row["reason"], name=row["name"] or ""
    )


class Fact(enum.StrEnum):
    """Names of what the queue remembers."""

    HELD_AT = "held_at"
    """When a pause began that still holds; absent otherwise."""
    HELD_REASON = "held_reason"
    INBOX = "inbox"
    """Files of the inbox that are queued and may not be moved away yet; absent where there are none."""
    SKIP = "skip"
    """Number of the job that is to be skipped when its segment ends, and the reason behind a colon."""
    TRAINING = "training"
    """Present while the queue is meant to be trained: a host that finds it was killed in the middle."""
    UNDO_FLOOR = "undo_floor"
    """Number of the last move of the head that undo does not take back any more; absent where every one can be."""


class Facts:
    """A fact is there with its text, or it is not there."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, fact: Fact) -> str | None:
        row = self._db.execute("select value from facts where name = ?", (str(fact),)).fetchone()
        return None if row is None else str(row["value"])

    def put(self, fact: Fact, value: str | None) -> None:
        if value is None:
            self._db.execute("delete from facts where name = ?", (str(fact),))
        else:
            self._db.execute("insert or replace into facts (name, value) values (?, ?)", (str(fact), value))
