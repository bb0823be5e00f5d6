"""Opens the database of a home: safe journal mode, migrations behind a copy, a newer schema refused."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from backend import files
from backend.errors import Damaged, NoSpace, Refused

SCHEMA_VERSION = 6
"""How many migrations backend/store/schema.py holds; kept in `PRAGMA user_version` so that most starts need no look."""
REBUILD = "`espalier doctor --rebuild` puts it aside and makes it again from the folders."
BUSY_MS = 10_000
WAL_SAFE = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""First releases of their lines in which a WAL database cannot be corrupted by a checkpoint race."""


def open_database(path: Path) -> sqlite3.Connection:
    """The database for writing, with its tables at this program's version.

    Raises:
        Refused: a newer program wrote it.
        Damaged: it is no database any more.
    """
    with _damage_named(path):
        return _opened(path)


def _opened(path: Path) -> sqlite3.Connection:
    existed = path.exists()
    connection = _connect(path, "rwc")
    try:
        version = schema_version(connection)
        _refuse_newer(path, version)
        connection.execute(f"pragma journal_mode={'wal' if wal_is_safe(sqlite3.sqlite_version_info) else 'delete'}")
        connection.execute("pragma synchronous=extra")
        if version < SCHEMA_VERSION:
            if existed and version:
                _copy(connection, path.with_name(f"{path.stem}-before-schema-{SCHEMA_VERSION}{path.suffix}"))
            _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """The database for reading, without a host.

    Raises:
        Refused: a newer program wrote it.
        Damaged: it is no database any more.
    """
    with _damage_named(path):
        return _opened_for_reading(path)


def _opened_for_reading(path: Path) -> sqlite3.Connection:
    connection = _connect(path, "ro")
    try:
        version = schema_version(connection)
    except sqlite3.OperationalError:
        # A killed host may have left a rollback journal, which only a connection that may write can undo.
        connection.close()
        connection = _connect(path, "rw")
        version = schema_version(connection)
    _refuse_newer(path, version)
    return connection


def schema_version(connection: sqlite3.Connection) -> int:
    """How many migrations the database has seen."""
    return int(connection.execute("pragma user_version").fetchone()[0])


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite may use a write-ahead log (architecture.md, on disk)."""
    return version >= WAL_SAFE[-1] or any(good[:2] == version[:2] and version >= good for good in WAL_SAFE)


@contextlib.contextmanager
def atomic(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; a block inside another belongs to the outer one."""
    if connection.in_transaction:
        yield
        return
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except sqlite3.OperationalError as error:
        connection.rollback()
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise NoSpace("The disk ran full while writing the database.", "Free some space, then resume.") from error
        raise
    except BaseException:
        connection.rollback()
        raise


@contextlib.contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """A file that SQLite finds damaged is an error that users see, with the way out."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise Damaged(f"{path} cannot be read: {error}.", REBUILD) from error
        raise


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=BUSY_MS / 1000
    )
    connection.row_factory = sqlite3.Row
    connection.execute("pragma foreign_keys=on")
    return connection


def _refuse_newer(path: Path, version: int) -> None:
    if version > SCHEMA_VERSION:
        raise Refused(
            f"{path} was written by a newer Espalier (schema {version}, this one knows {SCHEMA_VERSION}).",
            "Install the newer version, or use another home with --base-dir.",
        )


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as copy:
        connection.backup(copy)
        files.write(target, copy.serialize(), mode=0o600)


def _migrate(connection: sqlite3.Connection) -> None:
    from sqlite_utils import Database  # 0.4 s: paid only when tables are made or changed

    from backend.store import schema

    connection.row_factory = None
    schema.apply(Database(connection))
    connection.row_factory = sqlite3.Row
    connection.execute(f"pragma user_version={SCHEMA_VERSION}")
