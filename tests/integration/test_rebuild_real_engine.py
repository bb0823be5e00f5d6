"""What the real engine writes is enough: a lost database and all cards come back from its checkpoints, to train on."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.cards import card as cards
from backend.datasets.intake import take_in
from backend.domain.head import Base
from backend.domain.job import JobSettings, JobState
from backend.health.home import home_checks
from backend.health.rebuild import rebuild
from backend.paths import Home
from backend.protocol import host as p
from backend.service import Service
from backend.store.store import Store
from tests.fakes.hosting import Bench

Rows = list[dict[str, Any]]


def wrong(home: Home) -> list[str]:
    return [check.text for check in home_checks(home) if not check.ok]


def test_a_trained_home_comes_back_from_its_checkpoints_alone(
    home: Home,
    tiny_base: Base,
    tmp_path: Path,
    write_rows: Callable[[Path, Iterable[dict[str, Any]]], Path],
    sample_rows: Callable[[int], Rows],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backend.library.shelf.starter_folder", lambda: home.root / "no-starter")
    monkeypatch.setattr("backend.rebuilding.from_folders.starter_folder", lambda: home.root / "no-starter")
    store = Store.open(home)
    store.bases.put(tiny_base)
    store.close()
    bench = Bench(Service(home), home)
    bench.do(p.UseModel(slug=tiny_base.slug))
    dataset = take_in(home, write_rows(tmp_path / "first.jsonl", sample_rows(24)))
    settings = JobSettings(rows_per_step=2, max_length=128, checkpoint_steps=4, evolution_budget=0)
    bench.ask(p.Enqueue(dataset=dataset, settings=settings))
    bench.train()
    job, head = bench.job(1), bench.head()
    bench.host.close()
    assert job.state is JobState.DONE
    assert wrong(home) == []
    ledger = home.ledger(1).read_bytes()
    home.ledger(1).write_bytes(ledger[:-2] + b"9" + ledger[-1:])
    assert [str(home.ledger(1)) in text for text in wrong(home)] == [True]
    home.ledger(1).write_bytes(ledger)

    home.database.unlink()
    for path in cards.places(home):
        if path.name.startswith("base-"):
            continue  # the base lies in no folder of this home
        path.unlink()
    assert [check.text for check in rebuild(home) if not check.ok] == []
    assert wrong(home) == []
    bench = Bench(Service(home), home)
    assert bench.head() == head
    same = ("id", "name", "dataset", "state", "settings", "step", "total_steps", "loss")
    found = bench.job(1)
    assert {name: getattr(found, name) for name in same} == {name: getattr(job, name) for name in same}
    assert bench.ask(p.GetMoves()) == p.MovesReply(undo="training of first.jsonl", redo=None)
    bench.do(p.UndoTraining())
    assert bench.head() == msgspec.structs.replace(head, checkpoint=None, total_steps=0)
    bench.host.close()
