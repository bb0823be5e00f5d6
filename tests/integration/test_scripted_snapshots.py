"""The scripted engine's snapshots are real files: what hosts and windows are tested with must not differ."""

from pathlib import Path
from typing import Any

from backend.domain.head import AdapterSettings, Base
from backend.domain.job import JobSettings
from backend.domain.snapshot import Reason
from backend.evolution import folder as places
from backend.paths import Home
from backend.protocol.engine import EngineEvent, EvolutionEnded, Mode, SnapshotFailed, SnapshotTaken, Train
from backend.protocol.evolution import EvolutionOrder
from backend.settings import EngineSettings
from tests.fakes.scripted_snapshots import ScriptedSnapshots


def train(home: Home, **changes: Any) -> Train:
    fields: dict[str, Any] = {
        "job": 1,
        "segment": 1,
        "mode": Mode.START,
        "name": "rows.jsonl",
        "dataset": "0" * 64,
        "dataset_path": "",
        "base": Base(slug="tiny", path="", sha256="", name="tiny"),
        "adapter": AdapterSettings(),
        "settings": JobSettings(),
        "engine": EngineSettings(),
        "run_folder": "",
        "token_cache": "",
        "next_sequence": 1,
        "evolution": EvolutionOrder(folder=str(home.evolution / "rows-00000000_20261125_000000"), origin="1" * 64),
    }
    return Train(**(fields | changes))


def run(command: Train, total: int, asked_at: int | None = None) -> list[EngineEvent]:
    told: list[EngineEvent] = []
    snapshots = ScriptedSnapshots(command, total, told.append)
    for step in range(total):
        snapshots.look(step, 1.0)
        if step == asked_at:
            snapshots.ask()
    snapshots.end(1.0)
    return told


def test_start_tenths_and_end_are_taken_and_an_existing_file_is_kept(home: Home) -> None:
    command = train(home)
    taken = [event for event in run(command, 20) if isinstance(event, SnapshotTaken)]
    assert [event.step for event in taken] == [0, 10, 20]
    before = {path: path.stat().st_mtime_ns for path in Path(taken[0].path).parent.iterdir()}
    assert not [event for event in run(command, 20) if isinstance(event, SnapshotTaken)]
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_the_end_is_told_after_the_analysis_is_there(home: Home) -> None:
    ended = run(train(home), 12)[-1]
    assert isinstance(ended, EvolutionEnded)
    assert (Path(ended.folder) / "analysis.json").exists()
    assert [one.reason for one in places.snapshots(Path(ended.folder))] == [Reason.START, Reason.SCHEDULE, Reason.END]


def test_without_a_budget_only_what_is_asked_for_is_taken(home: Home) -> None:
    told = run(train(home, settings=JobSettings(evolution_budget=0)), 12, asked_at=3)
    assert [(type(event), getattr(event, "step", None)) for event in told] == [(SnapshotTaken, 4)]


def test_a_job_without_an_order_says_that_it_takes_none(home: Home) -> None:
    told = run(train(home, evolution=None), 12, asked_at=3)
    assert [type(event) for event in told] == [SnapshotFailed]
