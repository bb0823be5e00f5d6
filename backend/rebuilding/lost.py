"""Whether the database is there, lost, or no use any more; and putting one that cannot be read aside."""

import contextlib
import enum
import sqlite3
import time
from pathlib import Path

from backend import files
from backend.cards import card as cards
from backend.errors import Damaged
from backend.paths import Home
from backend.store.database import open_for_reading


class DatabaseState(enum.StrEnum):
    WHOLE = "whole"
    NEW = "new"
    """There is none, and no folder that one knew of."""
    MISSING = "missing"
    UNREADABLE = "unreadable"


def state_of(home: Home) -> DatabaseState:
    """Reads every page. Raises Refused: a newer program wrote it."""
    if not home.database.exists():
        return DatabaseState.MISSING if was_used(home) else DatabaseState.NEW
    try:
        with contextlib.closing(open_for_reading(home.database)) as connection:
            whole = [str(row[0]) for row in connection.execute("pragma integrity_check")] == ["ok"]
    except (sqlite3.DatabaseError, Damaged):
        return DatabaseState.UNREADABLE
    return DatabaseState.WHOLE if whole else DatabaseState.UNREADABLE


def was_used(home: Home) -> bool:
    """Whether anything lies here that a database must have known."""
    found = (*home.runs.glob("*/checkpoints/*"), *home.versions.glob("v*"), *home.snapshots.glob("*"))
    return bool(found or cards.places(home))


def require_database(home: Home) -> None:
    """For a host: a new database beside old folders would give their numbers again. Raises Damaged."""
    if not home.database.exists() and was_used(home):
        hint = "`espalier doctor --rebuild` makes it again from the folders."
        raise Damaged(f"{home.database} is missing, and what was trained here is not.", hint)


def put_aside(home: Home) -> Path | None:
    """Give a database that cannot be read, and what belongs to it, a name that says so; nothing is deleted."""
    moved = None
    stamp = time.time_ns()
    for path in sorted(home.root.glob(f"{home.database.name}*")):
        rest = path.name.removeprefix(home.database.name)
        if rest in ("", "-wal", "-shm", "-journal"):
            target = home.root / f"{home.database.stem}-unreadable-{stamp}{home.database.suffix}{rest}"
            files.move(path, target)
            moved = target if not rest else moved
    return moved
