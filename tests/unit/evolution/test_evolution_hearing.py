"""What is heard of snapshots: stored, then told; what the guard found is a warning; no fault ends anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend import files
from backend.domain.evolution import Forgetting, GuardedPanel, Worse
from backend.evolution import folder as places
from backend.evolution.hearing import EvolutionHearing
from backend.evolution.snapshot import FORGETTING, encoded
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.engine import EvolutionEnded, Mode, SnapshotFailed, SnapshotTaken
from backend.protocol.evolution import RunChanged
from backend.protocol.host import Notice
from backend.store.store import Store
from backend.training.changes import Changes
from tests.fakes.queue_parts import dataset
from tests.makers.evolution_files import make_run


class Ears:
    def __init__(self, home: Home, store: Store) -> None:
        self.home = home
        self.store = store
        self.outbox = Outbox()
        self.hearing = EvolutionHearing(home, store, Changes(store, self.outbox), self.outbox)

    def notices(self) -> list[Notice]:
        return [event for event in self.outbox.drain() if isinstance(event, Notice)]

    def taken(self, path: Path, sha256: str) -> None:
        self.hearing.taken(SnapshotTaken(job=1, step=10, path=str(path), sha256=sha256, seconds=1.0))


@pytest.fixture
def ears(tmp_path: Path) -> Iterator[Ears]:
    home = Home(tmp_path)
    home.create()
    store = Store.open(home)
    store.datasets.put(dataset("identity.jsonl"))
    store._db.execute("pragma foreign_keys=off")  # the job that the files are of was never queued
    yield Ears(home, store)
    store.close()


def test_a_snapshot_is_stored_and_told(ears: Ears) -> None:
    path = places.place(make_run(ears.home), 10)
    ears.taken(path, files.sha256(path))
    (event,) = ears.outbox.drain()
    assert event == RunChanged(run=ears.store.evolution.get(1), step=10)
    assert [entry.what for entry in ears.store.journal.latest(5)] == ["snapshot taken"]


def test_a_file_that_is_not_what_was_written_is_a_warning(ears: Ears) -> None:
    ears.taken(places.place(make_run(ears.home), 10), "0" * 64)
    (notice,) = ears.notices()
    assert (notice.level, "step_000010.json" in notice.text) == ("warning", True)
    assert ears.store.evolution.all() == []


def test_a_failed_snapshot_is_a_warning(ears: Ears) -> None:
    ears.hearing.failed(SnapshotFailed(job=1, step=10, message="No memory."))
    (notice,) = ears.notices()
    assert (notice.level, notice.text) == ("warning", "No snapshot was taken at step 10: No memory.")
    assert notice.hint


def test_what_the_guard_found_worse_is_a_warning_for_each_panel(ears: Ears) -> None:
    folder = make_run(ears.home)
    ears.hearing.catch_up()
    worse = (Worse(example_id="a", input="b", before=0.1, after=2.0),)
    panels = [_panel("", "", worse), _panel("other", "other.jsonl", worse * 2), _panel("third", "third.jsonl", ())]
    found = Forgetting(run=folder.name, job=1, step=33, taken_at="", seconds=1.0, panels=tuple(panels))
    files.write(folder / FORGETTING, encoded(found))
    ears.hearing.ended(EvolutionEnded(job=1, folder=str(folder)))
    run, *told = ears.outbox.drain()
    assert run == RunChanged(run=ears.store.evolution.get(1))
    assert [event.text for event in told if isinstance(event, Notice)] == [
        "After identity.jsonl the model answers 1 of 8 pinned examples worse than before.",
        "After identity.jsonl the model answers 2 of 8 examples of other.jsonl worse than before.",
    ]


def test_an_end_without_a_snapshot_is_left_alone(ears: Ears, caplog: pytest.LogCaptureFixture) -> None:
    ears.hearing.ended(EvolutionEnded(job=1, folder=str(ears.home.evolution / "none-00000000_20261125_000000")))
    assert ears.outbox.drain() == []
    assert "without a snapshot" in caplog.text


def test_what_an_engine_wrote_and_could_not_tell_is_indexed_when_it_is_gone(ears: Ears) -> None:
    folder = make_run(ears.home, steps=(0, 10), ended=False)
    ears.hearing.engine_gone(1)
    assert ears.outbox.drain() == []
    segment = ears.store.segments.begin(1, Mode.START, 0, 0, None)
    ears.store.segments.put_evolution(1, segment, folder.name, "")
    ears.hearing.engine_gone(1)
    told = ears.outbox.drain()
    assert {event.run.steps for event in told if isinstance(event, RunChanged)} >= {(0, 10)}
    assert ears.store.evolution.get(1).steps == (0, 10)
    ears.hearing.engine_gone(1)
    assert ears.outbox.drain() == []


def _panel(run: str, name: str, worse: tuple[Worse, ...]) -> GuardedPanel:
    return GuardedPanel(run=run, dataset_name=name, examples=9, scored=8, before=0.1, after=0.2, worse=worse)
