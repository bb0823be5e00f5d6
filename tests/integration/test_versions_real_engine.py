"""The host, the real engine and a tiny model: trained, consolidated, trained on, consolidated, restored, undone."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from backend import files
from backend.datasets.intake import take_in
from backend.domain.job import JobSettings
from backend.domain.status import HostState
from backend.protocol import host as p
from backend.protocol import keeping as k
from backend.protocol.engine import CheckpointSaved, Mode, Started
from backend.versions import folder as places
from tests.fakes import version_host
from tests.fakes.hosting import Bench

Rows = list[dict[str, Any]]
SETTINGS = JobSettings(
    rows_per_step=2, max_length=128, checkpoint_steps=4, learning_rate=2e-3, evolution_examples=2, heldout_most=2
)


def test_train_consolidate_train_on_restore_and_undo(
    bench: Bench,
    tmp_path: Path,
    write_rows: Callable[[Path, Iterable[dict[str, Any]]], Path],
    sample_rows: Callable[[int], Rows],
) -> None:
    def queue(name: str, rows: int) -> None:
        dataset = take_in(bench.home, write_rows(tmp_path / name, sample_rows(rows)))
        assert isinstance(bench.ask(p.Enqueue(dataset=dataset, settings=SETTINGS)), p.Queued)

    home = bench.home
    queue("first.jsonl", 12)
    bench.train()
    version_host.done(bench, k.Consolidate())
    on_first = bench.head()
    (first,) = version_host.versions(bench)
    assert first.card.gate is not None
    assert first.card.gate.passed
    assert first.card.gate.adapter_loss < first.card.gate.base_loss
    folder = home.root / first.path
    assert places.verify(folder, first.sums_sha256) == first.card
    assert len(list((folder / places.EVOLUTION).rglob("step_*.json"))) >= 2
    # A job that is paused when the head moves under it goes on there, from its place in the data.
    queue("second.jsonl", 24)
    bench.do(p.StartTraining())
    bench.until_event(CheckpointSaved)
    bench.do(p.PauseTraining())
    bench.until_state(HostState.PAUSED)
    version_host.done(bench, k.Consolidate(name="half way"))
    second = version_host.versions(bench)[1]
    assert (second.card.lineage, second.card.parent.sha256) == (("v001",), first.sums_sha256)
    assert not (home.root / second.path / places.ADAPTER / places.ADAPTER).exists()
    version_host.done(bench, k.RestoreVersion(version="v001"))
    assert bench.head() == on_first
    bench.do(p.ResumeTraining())
    assert bench.until_event(Started, lambda event: event.mode is Mode.CONTINUE).step > 0
    bench.until_event(p.QueueFinished)
    before = bench.head()
    assert before.base == "v001"
    assert before.checkpoint is not None
    version_host.done(bench, k.RestoreVersion(version="v002"))
    assert (bench.head().base, bench.head().checkpoint) == ("v002", None)
    bench.do(p.UndoTraining())
    assert bench.head() == before
    files.verify(home.root / before.checkpoint.path, before.checkpoint.sums_sha256)
    assert "every byte matches" in version_host.done(bench, k.VerifyVersions())
