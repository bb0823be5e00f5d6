"""Rows of versions, whatever became of them."""

import sqlite3

import msgspec

from backend.domain.version import Condition, Version, VersionCard
from backend.errors import WrongUse


class Versions:
    """All versions of a home, ordered by their number. What is written inside one call is committed by the caller."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def put(self, version: Version) -> None:
        """Remember a version, or what changed about it."""
        self._db.execute(
            "insert or replace into versions (number, id, card, path, sums_sha256, bytes, tags, condition, verified_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                version.card.number,
                version.id,
                msgspec.json.encode(version.card).decode(),
                version.path,
                version.sums_sha256,
                version.bytes,
                msgspec.json.encode(version.tags).decode(),
                str(version.condition),
                version.verified_at,
            ),
        )

    def find(self, version: str) -> Version | None:
        """Whatever became of it."""
        row = self._db.execute("select * from versions where id = ?", (version,)).fetchone()
        return None if row is None else _version(row)

    def get(self, version: str) -> Version:
        """Raises WrongUse where it is not there, or not any more."""
        found = self.find(version)
        if found is None or found.condition in (Condition.TRASH, Condition.GONE):
            raise WrongUse(f"There is no version {version}.", "`espalier version list` shows them all.")
        return found

    def all(self) -> list[Version]:
        """Those that are there, damaged ones too, oldest first."""
        rows = self._db.execute("select * from versions where condition in ('whole', 'damaged') order by number")
        return [_version(row) for row in rows]

    def ever(self) -> list[Version]:
        """All that there ever were, oldest first."""
        return [_version(row) for row in self._db.execute("select * from versions order by number")]

    def last_number(self) -> int:
        return int(self._db.execute("select max(number) from versions").fetchone()[0] or 0)


def _version(row: sqlite3.Row) -> Version:
    return Version(
        card=msgspec.json.decode(row["card"], type=VersionCard),
        path=row["path"],
        sums_sha256=row["sums_sha256"],
        bytes=row["bytes"],
        tags=msgspec.json.decode(row["tags"], type=tuple[str, ...]),
        condition=Condition(row["condition"]),
        verified_at=row["verified_at"],
    )
