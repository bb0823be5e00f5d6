"""A snapshot is given as it was written, or not at all."""

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from backend.api.answers import answering
from backend.api.evolution import EvolutionRoutes
from backend.evolution import folder as places
from backend.evolution.keeper import EvolutionKeeper
from backend.paths import Home
from backend.store.store import Store
from tests.makers.evolution_files import make_run


def ask(home: Home, query: bytes) -> Response:
    place = {"dataset": "identity", "step": "step_0010"}
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": query, "headers": [], "path_params": place}
    return answering(EvolutionRoutes(home).snapshot)(Request(scope))


@pytest.mark.parametrize("query", [b"", b"limit=2"])
def test_an_altered_snapshot_is_named_and_not_given(tmp_path: Path, query: bytes) -> None:
    home = Home(tmp_path)
    home.create()
    path = places.place(make_run(home), 10)
    store = Store.open(home)
    EvolutionKeeper(home, store).catch_up()
    store.close()
    assert ask(home, query).status_code == 200
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"general", b"genial!"))
    answer = ask(home, query)
    assert (answer.status_code, b"step_000010.json" in answer.body) == (503, True)
    path.unlink()
    assert ask(home, query).status_code == 404
