"""Rows of backups, whatever became of their copies."""

import sqlite3

import msgspec

from backend.domain.backup import Backup, BackupCard, CopyState
from backend.domain.version import Condition
from backend.errors import WrongUse

THERE = (Condition.WHOLE, Condition.DAMAGED)


class Backups:
    """All backups of a home, ordered by sequence. What is written inside one call is committed by the caller."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, backup: Backup) -> Backup:
        """Remember a new one; returns it with the sequence number that it got."""
        cursor = self._db.execute(
            "insert into backups (id, card, path, sums_sha256, here, second) values (?, ?, ?, ?, ?, ?)",
            (
                backup.id,
                msgspec.json.encode(backup.card).decode(),
                backup.path,
                backup.sums_sha256,
                msgspec.json.encode(backup.here).decode(),
                _encoded(backup.second),
            ),
        )
        return msgspec.structs.replace(backup, sequence=int(cursor.lastrowid or 0))

    def put_states(self, backup: Backup) -> None:
        """What became of its copies."""
        self._db.execute(
            "update backups set here = ?, second = ? where id = ?",
            (msgspec.json.encode(backup.here).decode(), _encoded(backup.second), backup.id),
        )

    def find(self, backup: str) -> Backup | None:
        """Whatever became of it."""
        row = self._db.execute("select * from backups where id = ?", (backup,)).fetchone()
        return None if row is None else _backup(row)

    def get(self, backup: str) -> Backup:
        """Raises WrongUse where no copy of it is there."""
        found = self.find(backup)
        if found is None or not _is_there(found):
            raise WrongUse(f"There is no backup {backup}.", "`espalier backup list` shows them all.")
        return found

    def all(self) -> list[Backup]:
        """Those of which a copy is there, damaged or not, oldest first."""
        return [backup for backup in self.ever() if _is_there(backup)]

    def ever(self) -> list[Backup]:
        return [_backup(row) for row in self._db.execute("select * from backups order by sequence")]


def _is_there(backup: Backup) -> bool:
    return any(copy is not None and copy.condition in THERE for copy in (backup.here, backup.second))


def _encoded(state: CopyState | None) -> str | None:
    return None if state is None else msgspec.json.encode(state).decode()


def _backup(row: sqlite3.Row) -> Backup:
    return Backup(
        sequence=row["sequence"],
        card=msgspec.json.decode(row["card"], type=BackupCard),
        path=row["path"],
        sums_sha256=row["sums_sha256"],
        here=msgspec.json.decode(row["here"], type=CopyState),
        second=None if row["second"] is None else msgspec.json.decode(row["second"], type=CopyState),
    )
