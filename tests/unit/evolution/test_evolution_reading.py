"""Evolution read without a host: also where the database is of a program that knew none of it."""

from pathlib import Path

from backend.evolution.keeper import EvolutionKeeper
from backend.paths import Home
from backend.protocol import evolution as e
from backend.protocol.host import Failure
from backend.reading import Reader
from backend.store.store import Store
from tests.makers.evolution_files import make_run


def test_a_database_of_before_evolution_has_no_runs_yet(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    make_run(home)
    store = Store.open(home)
    EvolutionKeeper(home, store).catch_up()
    reader = Reader(home)
    assert len(_runs(reader)) == 1
    for table in ("evolution_snapshots", "evolution_examples", "evolution_runs"):
        store._db.execute(f"drop table {table}")
    store._db.execute("pragma user_version=3")
    store.close()
    assert _runs(reader) == ()
    refused = reader.handle(e.GetRun(run=1))
    assert isinstance(refused, Failure)
    assert refused.message == "There is no run 1."


def _runs(reader: Reader) -> tuple[object, ...]:
    reply = reader.handle(e.ListRuns())
    assert isinstance(reply, e.RunsReply), reply
    return reply.runs
