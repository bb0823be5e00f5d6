"""Moves that an older program recorded: undone where the adapter's shape before them is known, and not guessed else."""

from pathlib import Path

import pytest

from backend.domain.head import AdapterSettings, Base, Head
from backend.domain.move import MoveKind
from backend.paths import Home
from backend.store import database
from backend.store.store import Store


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.create()
    return home


def test_older_moves_know_the_shape_only_since_the_last_choice_of_a_model(home: Home) -> None:
    store = Store.open(home)
    shape = AdapterSettings(r=4)
    store.bases.put(Base(slug="first", path="/a", sha256="x"))
    store.bases.put(Base(slug="second", path="/b", sha256="y"))
    for slug in ("first", "second"):
        store.head.move(Head(base=slug, adapter=shape), MoveKind.USE)
    store.head.move(Head(base="second", adapter=shape, total_steps=3), MoveKind.TRAINING)
    store.close()
    _take_back_to_schema_2(home)
    store = Store.open(home)
    moves = list(store.head.moves())
    store.close()
    assert [move.before is not None for move in moves] == [True, False, True]
    assert [move.after is not None for move in moves] == [True, True, False]
    assert moves[0].before == Head(base="second", adapter=shape)


def _take_back_to_schema_2(home: Home) -> None:
    connection = database.open_database(home.database)
    for (trigger,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        connection.execute(f"drop trigger {trigger}")
    for index in ("head_moves_state", "head_moves_segment"):
        connection.execute(f"drop index {index}")
    for column in ("adapter_before", "adapter_after", "state", "undo"):
        connection.execute(f"alter table head_moves drop column {column}")
    for column in ("evolution_folder", "evolution_origin"):
        connection.execute(f"alter table segments drop column {column}")
    for table in (
        "cards_due",
        "versions",
        "backups",
        "operations",
        "dailies",
        "undos",
        "evolution_snapshots",
        "evolution_examples",
        "evolution_runs",
    ):
        connection.execute(f"drop table {table}")
    connection.execute("delete from _sqlite_migrations where name >= 'm003'")
    connection.execute("pragma user_version=2")
    connection.close()
