"""A real limit on the memory of the real engine, through the whole host: the job finishes with the same rows a step."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from backend.datasets.intake import take_in
from backend.domain.head import AdapterSettings, Base, Head
from backend.domain.job import JobSettings, JobState
from backend.domain.move import MoveKind
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import Activity, Metric, Started
from backend.service import Service
from backend.store.store import Store
from backend.supervisor.restarts import MOST
from backend.training.ends import ATTEMPTS
from tests.fakes.hosting import Bench
from tests.faults.machines import CHOSEN

Rows = list[dict[str, Any]]
SETTINGS = JobSettings(
    rows_per_step=400, epochs=2, max_length=128, checkpoint_steps=100, heldout_most=0, evolution_examples=4
)
LARGE = 1 << 20
ENGINE = {"threads": "1", "device": "cpu", "low_priority_on_cpu": "false", "token_budget": str(LARGE)}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of another process")


@pytest.fixture
def bench(tmp_path: Path, tiny_base: Base, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr("backend.library.shelf.starter_folder", lambda: tmp_path / "no-starter")
    home = Home(tmp_path / "home")
    home.create()
    store = Store.open(home)
    with store.atomic():
        store.bases.put(tiny_base)
        store.head.move(Head(base=tiny_base.slug, adapter=AdapterSettings(r=4, alpha=8)), MoveKind.USE)
    store.close()
    opened = Bench(Service(home), home)
    for key, value in ENGINE.items():
        opened.do(p.PutSetting(key=f"engine.{key}", value=value))
    yield opened
    opened.host.close()


@pytest.fixture
def queue(
    bench: Bench,
    tmp_path: Path,
    write_rows: Callable[[Path, Iterable[dict[str, Any]]], Path],
    sample_rows: Callable[[int], Rows],
) -> Callable[[], int]:
    def queue() -> int:
        file = take_in(bench.home, write_rows(tmp_path / "rows.jsonl", sample_rows(1600)))
        reply = bench.ask(p.Enqueue(dataset=file, settings=SETTINGS, allow_duplicate=True))
        assert isinstance(reply, p.Queued), reply
        return reply.job.id

    return queue


def limit_to_what_it_has(bench: Bench) -> None:
    import resource

    held = psutil.Process(bench.engine_pid()).memory_info().vms
    resource.prlimit(bench.engine_pid(), resource.RLIMIT_AS, (held, held))


def ledger(bench: Bench, job: int) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in bench.home.ledger(job).read_bytes().splitlines()]


def trail(bench: Bench, job: int) -> str:
    reply = bench.ask(p.GetHistory(job=job))
    assert isinstance(reply, p.HistoryReply)
    return "\n".join(f"{entry.what}: {entry.reason}" for entry in reply.entries)


def test_memory_that_runs_out_in_training_ends_in_smaller_pieces_of_the_same_steps(
    bench: Bench, queue: Callable[[], int]
) -> None:
    job = queue()
    bench.do(p.StartTraining())
    bench.until_event(Metric)
    limit_to_what_it_has(bench)
    assert bench.until_event(p.QueueFinished).done == 1
    budgets = [started.token_budget for started in bench.told(Started)]
    assert len(budgets) > 1
    assert budgets == [LARGE >> halved for halved in range(len(budgets))]
    assert f"with {budgets[1]} tokens at a time" in trail(bench, job)
    lines = ledger(bench, job)
    assert [line["token_budget"] for line in lines if "token_budget" in line] == budgets[1:]
    limited = [line["samples"] for line in lines if "samples" in line]
    unlimited = queue()
    bench.train()
    assert limited == [line["samples"] for line in ledger(bench, unlimited)]
    assert {len(samples) for samples in limited} == {SETTINGS.rows_per_step}


@pytest.mark.skipif(not CHOSEN, reason="starts many real engines; ESPALIER_RACES=1 runs it, a scripted one always runs")
def test_a_model_that_never_fits_parks_its_file_with_a_reason(
    bench: Bench, queue: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So tight a limit ends an engine in any way: by an error that it names, by one that it does not, or at once."""
    monkeypatch.setattr("tests.fakes.hosting.PATIENCE", 600.0)
    job = queue()
    bench.do(p.StartTraining())

    def limited_until_parked() -> bool:
        for activity in bench.told(Activity):
            if activity.text.startswith("loading tiny") and bench.engine_pid():
                limit_to_what_it_has(bench)
        bench.events = [event for event in bench.events if not isinstance(event, Activity)]
        return bench.job(job).state is JobState.FAILED

    bench.until(limited_until_parked, "the parking")
    parked = bench.job(job)
    assert parked.reason
    assert parked.hint
    assert trail(bench, job).count("running:") <= ATTEMPTS * (MOST + 1)
    assert bench.until_event(p.QueueFinished).failed == 1
