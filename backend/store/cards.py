"""Which rows stand on which card, which cards are due, and rows back from cards (decision 0022)."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""By table. What a column holds as JSON text is an object here, so that people can read it."""

GROUP = 100
"""Moves and undos of one card: one file each would be too many, one file for all too long to write at each."""
_SELECTS: Mapping[str, Mapping[str, str]] = {
    "job": {
        "datasets": "where sha256 = (select dataset from jobs where id = :key)",
        "jobs": "where id = :key",
        "segments": "where job = :key order by id",
        # Nothing refers to those that are gone; the last one keeps its number from being given again.
        "checkpoints": "where job = :key and (state != 'gone' or id = (select max(id) from checkpoints"
        " where job = :key)) order by id",
    },
    "moves": {"head_moves": f"where id / {GROUP} = :key order by id"},
    "undos": {"undos": f"where id / {GROUP} = :key order by id"},
    "runs": {"evolution_runs": f"where id / {GROUP} = :key order by id"},
    "base": {"bases": "where slug = :key"},
    "version": {"versions": "where id = :key"},
    "backup": {"backups": "where sequence = :key"},
    "daily": {"dailies": "where sequence = :key"},
    "fact": {"facts": "where name = :key"},
    "head": {"head": ""},
}
_ALL = {
    "job": "select id from jobs where started_at is not null or ended_at is not null",
    "moves": f"select distinct id / {GROUP} from head_moves",
    "undos": f"select distinct id / {GROUP} from undos",
    "runs": f"select distinct id / {GROUP} from evolution_runs",
    "base": "select slug from bases",
    "version": "select id from versions",
    "backup": "select sequence from backups",
    "daily": "select sequence from dailies",
    "fact": "select name from facts where name not in ('inbox', 'skip', 'training')",
    "head": "select one from head",
}
_TABLES = {table for tables in _SELECTS.values() for table in tables}
_JSON = {
    "report",
    "settings",
    "adapter",
    "adapter_before",
    "adapter_after",
    "card",
    "tags",
    "here",
    "second",
    "endings",
}
"""Columns of JSON text, whatever the table; `jobs` of undos is another."""


class CardRows:
    """Triggers of the schema mark what is due; whoever writes the cards settles it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def due(self, most: int) -> list[tuple[str, str]]:
        """Kind and key of cards whose rows have changed since they were written."""
        return [(row[0], row[1]) for row in self._db.execute("select kind, key from cards_due limit ?", (most,))]

    def settle(self, cards: Iterable[tuple[str, str]]) -> None:
        self._db.executemany("delete from cards_due where kind = ? and key = ?", list(cards))

    def every(self) -> list[tuple[str, str]]:
        """Kind and key of every card that there should be."""
        return [(kind, str(row[0])) for kind, select in _ALL.items() for row in self._db.execute(select)]

    def rows(self, kind: str, key: str) -> Rows:
        """What the card says; no row in any table where it ought to be gone."""
        bound = {"key": int(key) if key.isdecimal() else key}
        return {
            table: [_readable(table, row) for row in self._db.execute(f"select * from {table} {where}", bound)]
            for table, where in _SELECTS[kind].items()
        }

    def numbers(self) -> dict[str, int]:
        """The highest number that each table ever gave."""
        return {str(row[0]): int(row[1]) for row in self._db.execute("select name, seq from sqlite_sequence")}

    def put(self, rows: Rows) -> None:
        """Rows of a card into their tables; one that is there already stays as it is. References may follow later."""
        for table in rows.keys() & _TABLES:
            known = {str(row[1]) for row in self._db.execute(f"pragma table_info({table})")}
            for row in rows[table]:
                stored = {name: _stored(value) for name, value in row.items() if name in known}
                names = ", ".join(stored)
                marks = ", ".join(f":{name}" for name in stored)
                self._db.execute(f"insert or ignore into {table} ({names}) values ({marks})", stored)

    def put_numbers(self, numbers: Mapping[str, int]) -> None:
        """Go on counting where it was left, or where rows have brought it since."""
        now = self.numbers()
        for table, number in numbers.items():
            if table not in now:
                self._db.execute("insert into sqlite_sequence (name, seq) values (?, ?)", (table, number))
            elif number > now[table]:
                self._db.execute("update sqlite_sequence set seq = ? where name = ?", (number, table))

    def defer_references(self) -> None:
        """Until the transaction ends, rows may refer to what follows."""
        self._db.execute("pragma defer_foreign_keys=on")

    def drop_broken_references(self) -> None:
        """What refers to a checkpoint or job that no card brought back no longer does; such a move cannot be undone."""
        lost = "not in (select id from checkpoints)"
        self._db.execute(f"update segments set head_before = null where head_before {lost}")
        for side in ("before", "after"):
            self._db.execute(
                f"update head_moves set checkpoint_{side} = null, adapter_{side} = null where checkpoint_{side} {lost}"
            )
        self._db.execute("update head_moves set job = null, segment = null where job not in (select id from jobs)")
        self._db.execute(f"update head set checkpoint = null where checkpoint {lost}")

    def unknown_bases(self) -> list[str]:
        """Slugs that checkpoints or the head refer to, and no row explains."""
        rows = self._db.execute(
            "select base from checkpoints where base not in (select slug from bases)"
            " union select base from head where base not in (select slug from bases)"
        )
        return [str(row[0]) for row in rows]


def _readable(table: str, row: sqlite3.Row) -> Row:
    held = _JSON | ({"jobs"} if table == "undos" else set())
    return {
        name: msgspec.json.decode(row[name]) if name in held and row[name] is not None else row[name]
        for name in dict(row)
    }


def _stored(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, dict | list) else value
