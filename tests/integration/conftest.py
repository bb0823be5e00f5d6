"""The real host with the real engine on the tiny model."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.datasets.intake import take_in
from backend.domain.head import Base
from backend.domain.job import Job, JobSettings
from backend.paths import Home
from backend.protocol import host as p
from backend.service import Service
from backend.store.store import Store
from tests.fakes.hosting import Bench, Enqueue


@pytest.fixture
def bench(home: Home, tiny_base: Base, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Its head stands on the tiny model; the starter is not there."""
    monkeypatch.setattr("backend.library.shelf.starter_folder", lambda: home.root / "no-starter")
    store = Store.open(home)
    store.bases.put(tiny_base)
    store.close()
    opened = Bench(Service(home), home)
    opened.do(p.UseModel(slug=tiny_base.slug))
    yield opened
    opened.host.close()


@pytest.fixture
def enqueue(
    bench: Bench,
    tmp_path: Path,
    write_rows: Callable[[Path, Iterable[dict[str, Any]]], Path],
    sample_rows: Callable[[int], list[dict[str, Any]]],
) -> Enqueue:
    """Queues so many sample rows under a name."""

    def enqueue(name: str, rows: int, settings: JobSettings) -> Job:
        dataset = take_in(bench.home, write_rows(tmp_path / name, sample_rows(rows)))
        reply = bench.ask(p.Enqueue(dataset=dataset, settings=settings))
        assert isinstance(reply, p.Queued), reply
        return reply.job

    return enqueue
