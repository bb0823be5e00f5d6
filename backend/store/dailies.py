"""Rows of daily snapshots."""

import enum
import sqlite3

from backend.domain.daily import Daily

FIELDS = Daily.__struct_fields__


class Keeping(enum.StrEnum):
    """Where a snapshot is. Rows stay for good, so that sequence numbers never come twice."""

    WHOLE = "whole"
    TRASH = "trash"
    GONE = "gone"


class Dailies:
    """All daily snapshots of a home, ordered by their sequence number."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, snapshot: Daily) -> None:
        """Remember a verified one."""
        marks = ", ".join("?" * len(FIELDS))
        values = [getattr(snapshot, name) for name in FIELDS]
        self._db.execute(f"insert into dailies ({', '.join(FIELDS)}) values ({marks})", values)

    def all(self) -> list[Daily]:
        """Those that are there, oldest first."""
        rows = self._db.execute("select * from dailies where state = 'whole' order by sequence")
        return [Daily(**{name: row[name] for name in FIELDS}) for row in rows]

    def put_away(self, day: str) -> Daily | None:
        """The last one of that day that went to the trash."""
        row = self._db.execute(
            "select * from dailies where state = 'trash' and day = ? order by sequence desc limit 1", (day,)
        ).fetchone()
        return None if row is None else Daily(**{name: row[name] for name in FIELDS})

    def away(self, snapshot: Daily) -> int | None:
        """Sequence number of the row of just this folder, where it says that it is in the trash."""
        row = self._db.execute(
            "select sequence from dailies where state = 'trash' and path = ? and sums_sha256 = ?"
            " order by sequence desc limit 1",
            (snapshot.path, snapshot.sums_sha256),
        ).fetchone()
        return None if row is None else int(row["sequence"])

    def known(self, sequence: int) -> bool:
        return self._db.execute("select 1 from dailies where sequence = ?", (sequence,)).fetchone() is not None

    def mark(self, sequence: int, keeping: Keeping) -> None:
        self._db.execute("update dailies set state = ? where sequence = ?", (str(keeping), sequence))

    def last_sequence(self) -> int:
        return int(self._db.execute("select max(sequence) from dailies").fetchone()[0] or 0)
