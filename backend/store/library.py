"""Rows of stored datasets and of base models."""

import sqlite3
from collections.abc import Iterable

import msgspec

from backend.clock import utc_now
from backend.domain.dataset import Dataset, Report
from backend.domain.head import Base
from backend.errors import WrongUse


class Datasets:
    """What is known of each stored file, by content hash."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def put(self, dataset: Dataset) -> None:
        """Remember a dataset; the first name stays with the content."""
        self.put_all([dataset])

    def put_all(self, datasets: Iterable[Dataset]) -> None:
        """Remember many."""
        now = utc_now()
        self._db.executemany(
            "insert into datasets (sha256, name, bytes, report, added_at) values (?, ?, ?, ?, ?)"
            " on conflict (sha256) do update set report = excluded.report",
            ((each.sha256, each.name, each.bytes, msgspec.json.encode(each.report).decode(), now) for each in datasets),
        )

    def get(self, sha256: str) -> Dataset:
        row = self._db.execute("select * from datasets where sha256 = ?", (sha256,)).fetchone()
        if row is None:
            raise WrongUse(f"There is no stored file {sha256}.")
        report = msgspec.json.decode(row["report"], type=Report)
        return Dataset(sha256=row["sha256"], name=row["name"], bytes=row["bytes"], report=report)

    def all(self) -> set[str]:
        """SHA-256 of every content that is known."""
        return {str(row[0]) for row in self._db.execute("select sha256 from datasets")}


class Bases:
    """Base models in the library."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def put(self, base: Base) -> None:
        """Remember a base, or what changed about it."""
        values = (base.path, base.sha256, msgspec.json.encode(base).decode(), base.slug)
        # No upsert: SQLite carries its conflict policy into the triggers, which then fail where a card is due already.
        changed = self._db.execute("update bases set path = ?, sha256 = ?, card = ? where slug = ?", values)
        if changed.rowcount == 0:
            self._db.execute("insert into bases (path, sha256, card, slug) values (?, ?, ?, ?)", values)

    def find(self, slug: str) -> Base | None:
        row = self._db.execute("select card from bases where slug = ?", (slug,)).fetchone()
        return None if row is None else msgspec.json.decode(row["card"], type=Base)

    def get(self, slug: str) -> Base:
        """Raises WrongUse when the library has no such model."""
        base = self.find(slug)
        if base is None:
            raise WrongUse(f"There is no model {slug!r} in the library.", "`espalier model list` shows them.")
        return base

    def all(self) -> list[Base]:
        rows = self._db.execute("select card from bases order by slug")
        return [msgspec.json.decode(row["card"], type=Base) for row in rows]
