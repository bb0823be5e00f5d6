"""Homes and hosts for the tests of the service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from tests.fakes.hosting import Bench, OpenBench, give_base
from tests.fakes.scripted_engine import Script


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose head stands on a base; the starter of this user is not seen."""
    monkeypatch.setattr("backend.library.shelf.starter_folder", lambda: tmp_path / "no-starter")
    home = Home(tmp_path / "home")
    give_base(home)
    return home


@pytest.fixture
def open_bench(home: Home) -> Iterator[OpenBench]:
    """Opens hosts on `home` and closes those that are still open at the end."""
    benches: list[Bench] = []

    def opened(script: Script) -> Bench:
        benches.append(Bench.open(home, script))
        return benches[-1]

    yield opened
    for bench in benches:
        bench.host.close()
