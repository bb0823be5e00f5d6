"""Each step from an older database: nothing in it is lost, and it works like a new one afterwards."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from backend.domain.job import JobSettings, JobState, Priority
from backend.paths import Home
from backend.store import schema
from backend.store.database import SCHEMA_VERSION
from backend.store.jobs import STRIDE
from backend.store.store import Store

STEPS = [migration.name for migration in schema.migrations.pending(Database(memory=True))]


def older(home: Home, version: int) -> sqlite3.Connection:
    """A database as the program with so many migrations left it."""
    connection = sqlite3.connect(home.database, isolation_level=None)
    following = STEPS[version] if version < len(STEPS) else None
    schema.migrations.apply(Database(connection), stop_before=following)
    connection.execute(f"pragma user_version={version}")
    return connection


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_the_version_counts_the_steps() -> None:
    assert len(STEPS) == SCHEMA_VERSION


def test_jobs_of_the_first_schema_keep_their_order_with_room_between_them(home: Home) -> None:
    connection = older(home, 1)
    connection.execute("insert into datasets values ('d', 'd', 1, '{\"rows\":1,\"refused\":0}', 'then')")
    states = ("queued", "removed", "skipped", "queued")
    connection.executemany(
        "insert into jobs (dataset, name, priority, position, state, settings, rows, step, total_steps, attempts,"
        " reason, hint, created_at) values ('d', ?, 1, ?, ?, '{\"epochs\":3}', 1, 0, 0, 0, 'why', '', 'then')",
        [(f"n{place}", place, state) for place, state in enumerate(states, start=1)],
    )
    connection.close()
    store = Store.open(home)
    jobs = [store.jobs.get(number) for number in (1, 2, 3, 4)]
    assert [(job.name, job.state, job.position) for job in jobs] == [
        (f"n{place}", JobState(state), place * STRIDE) for place, state in enumerate(states, start=1)
    ]
    assert {(job.settings, job.reason, job.removed_from) for job in jobs} == {(JobSettings(epochs=3), "why", None)}
    assert store.jobs.last_position(Priority.NORMAL) == 4 * STRIDE
    store.close()


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_every_older_database_gets_the_tables_of_a_new_one(home: Home, tmp_path: Path, version: int) -> None:
    older(home, version).close()
    Store.open(home).close()
    new = Home(tmp_path / "new")
    new.create()
    Store.open(new).close()
    assert shape(home) == shape(new)


def shape(home: Home) -> tuple[set[tuple[str, ...]], int]:
    connection = sqlite3.connect(home.database)
    indexes = set(connection.execute("select type, name, sql from sqlite_schema where type = 'index'"))
    tables = [row[0] for row in connection.execute("select name from sqlite_schema where type = 'table'")]
    columns = {
        ("column", table, *map(str, row[1:]))
        for table in tables
        for row in connection.execute(f"pragma table_info({table})")
    }
    [version] = connection.execute("pragma user_version").fetchone()
    connection.close()
    return indexes | columns, version
