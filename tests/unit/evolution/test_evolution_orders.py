"""What a segment is told of evolution: its folder, what is put aside, and what is guarded."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from backend import files
from backend.domain.dataset import Dataset, Report
from backend.domain.head import AdapterSettings, Base, Head
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.domain.version import TrainedJob
from backend.evolution import folder as places
from backend.evolution import pins
from backend.evolution.guarded import guarded_runs
from backend.evolution.keeper import EvolutionKeeper
from backend.evolution.orders import Orders, origin_of
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.engine import Mode
from backend.protocol.evolution import EvolutionOrder
from backend.queue.desk import Desk
from backend.store.store import Store
from tests.makers.evolution_files import make_run
from tests.makers.version_rows import version

BASE = Base(slug="starter", path="/base", sha256="1" * 64)
HEAD = Head(base="starter")


class Planned:
    """A home with one job, whose segments are planned."""

    def __init__(self, home: Home, store: Store) -> None:
        self.home = home
        self.store = store
        self.told: list[str] = []
        self._orders = Orders(home, store, lambda text, hint, job: self.told.append(text))
        dataset = Dataset(sha256="d" * 64, name="d.jsonl", bytes=1, report=Report(rows=1, refused=0))
        self.job: Job = Desk(store, Outbox()).enqueue(dataset, Priority.NORMAL, JobSettings(), False)

    def order(self, mode: Mode, step: int = 0, head: Head = HEAD) -> EvolutionOrder:
        segment = self.store.segments.begin(self.job.id, mode, step, 0, None)
        job = self.store.jobs.get(self.job.id)
        return self._orders.order(_at(job, step), segment, mode, head, BASE)

    def snapshots(self, order: EvolutionOrder, ended: bool) -> Path:
        """Let the engine have written some into the order's folder."""
        made, folder = make_run(self.home, "d.jsonl", ended=ended), Path(order.folder)
        for path in made.iterdir():
            content = path.read_bytes().replace(made.name.encode(), folder.name.encode())
            files.make_folder(folder)
            files.write(folder / path.name, content)
            path.unlink()
        made.rmdir()
        EvolutionKeeper(self.home, self.store).catch_up()
        return folder


def _at(job: Job, step: int) -> Job:
    return msgspec.structs.replace(job, step=step)


@pytest.fixture
def planned(tmp_path: Path) -> Iterator[Planned]:
    home = Home(tmp_path)
    home.create()
    store = Store.open(home)
    yield Planned(home, store)
    store.close()


def test_start_begins_a_run_and_resume_and_continuation_go_on_with_it(planned: Planned) -> None:
    start = planned.order(Mode.START)
    assert Path(start.folder).parent == planned.home.evolution
    assert places.NAME.fullmatch(Path(start.folder).name)
    moved = Head(base="starter", adapter=AdapterSettings(r=2))
    for again in (planned.order(Mode.RESUME, 5), planned.order(Mode.CONTINUE, 5, moved)):
        assert (again.folder, again.origin) == (start.folder, start.origin)


def test_a_start_over_keeps_the_run_only_where_it_begins_alike(planned: Planned) -> None:
    first = planned.order(Mode.START)
    assert planned.order(Mode.START).folder == first.folder
    moved = Head(base="starter", adapter=AdapterSettings(r=2))
    other = planned.order(Mode.START, head=moved)
    assert (other.folder == first.folder, other.origin == first.origin) == (False, False)


def test_a_continuation_puts_aside_what_was_taken_of_training_that_was_left(planned: Planned) -> None:
    folder = planned.snapshots(planned.order(Mode.START), ended=True)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    planned.order(Mode.CONTINUE, 10)
    aside = folder / "before-segment-2"
    assert sorted(path.name for path in aside.iterdir()) == ["analysis.json", "step_000025.json", "step_000033.json"]
    assert {path.name: path.read_bytes() for path in folder.rglob("*.json")} == before
    (run,) = planned.store.evolution.all()
    assert (run.steps, run.ended) == ((0, 10), False)


def test_what_cannot_be_put_aside_is_told_of_and_training_goes_on_in_a_new_run(planned: Planned) -> None:
    folder = planned.snapshots(planned.order(Mode.START), ended=False)
    (folder / "before-segment-2").write_bytes(b"in the way")
    order = planned.order(Mode.CONTINUE, 10)
    assert Path(order.folder).name != folder.name
    assert list(places.steps(folder)) == [0, 10, 25, 33]
    assert "cannot be put aside" in planned.told[0]
    assert planned.order(Mode.RESUME, 10).folder == order.folder


def test_a_resume_of_a_run_that_had_ended_begins_its_end_anew(planned: Planned) -> None:
    folder = planned.snapshots(planned.order(Mode.START), ended=True)
    planned.order(Mode.RESUME, 33)
    assert (list(places.steps(folder)), planned.store.evolution.get(1).ended) == ([0, 10, 25, 33], True)
    planned.order(Mode.RESUME, 10)
    assert (list(places.steps(folder)), planned.store.evolution.get(1).ended) == ([0, 10], False)


def test_a_resume_puts_nothing_aside(planned: Planned) -> None:
    folder = planned.snapshots(planned.order(Mode.START), ended=False)
    planned.order(Mode.RESUME, 10)
    assert list(places.steps(folder)) == [0, 10, 25, 33]


def test_trainings_that_begin_alike_have_one_origin(planned: Planned) -> None:
    origin = origin_of(planned.job, HEAD, BASE)
    assert origin == origin_of(_at(planned.job, 5), HEAD, BASE)
    assert origin != origin_of(planned.job, Head(base="starter", adapter=AdapterSettings(alpha=1)), BASE)
    assert origin != origin_of(planned.job, HEAD, Base(slug="starter", path="/base", sha256="2" * 64))


def test_the_latest_ten_panels_of_other_files_are_guarded_with_their_last_losses(planned: Planned) -> None:
    for hour in range(12):
        folder = make_run(planned.home, f"f{hour}.jsonl", began=f"2026-11-25T{hour:02d}:00:00.000Z", answered_share=0)
        sha256 = next(places.snapshots(folder)).dataset
        if hour != 10:
            files.write(planned.home.dataset(sha256), b"{}\n")
    EvolutionKeeper(planned.home, planned.store).catch_up()
    guarded = planned.order(Mode.START).guarded
    assert [run.dataset_name for run in guarded] == [f"f{hour}.jsonl" for hour in (11, *range(9, 0, -1))]
    *_, last = places.snapshots(planned.home.evolution / guarded[0].run)
    assert [(one.example_id, one.loss) for one in guarded[0].examples] == [
        (one.example_id, one.loss) for one in last.examples
    ]


def test_the_files_own_earlier_runs_are_not_guarded(planned: Planned) -> None:
    make_run(planned.home, "same.jsonl")
    EvolutionKeeper(planned.home, planned.store).catch_up()
    (run,) = planned.store.evolution.all()
    files.write(planned.home.dataset(run.dataset), b"{}\n")
    assert [found.run for found in planned.order(Mode.START).guarded] == [run.folder]
    dataset = Dataset(sha256=run.dataset, name="same.jsonl", bytes=1, report=Report(rows=1, refused=0))
    planned.job = Desk(planned.store, Outbox()).enqueue(dataset, Priority.NORMAL, JobSettings(), False)
    assert planned.order(Mode.START).guarded == ()


def test_damaged_pins_are_told_of_and_hold_nothing_up(planned: Planned) -> None:
    pins.store(planned.home.pins, (pins.typed("Who?", "Espalier.", "", ""),))
    assert len(planned.order(Mode.START).pins) == 1
    planned.home.pins.write_bytes(b"{")
    assert planned.order(Mode.START).pins == ()
    assert "pinned" in planned.told[0]


def test_what_was_undone_is_not_guarded(planned: Planned) -> None:
    sha256 = next(places.snapshots(make_run(planned.home, "other.jsonl", job=planned.job.id))).dataset
    files.write(planned.home.dataset(sha256), b"{}\n")
    EvolutionKeeper(planned.home, planned.store).catch_up()
    assert len(planned.order(Mode.START).guarded) == 1
    planned.store.jobs.put(msgspec.structs.replace(planned.job, state=JobState.UNDONE))
    assert planned.order(Mode.START).guarded == ()


def test_what_is_inside_a_version_is_guarded_on_it(planned: Planned) -> None:
    for number, name in enumerate(("inside.jsonl", "elsewhere.jsonl"), 7):
        sha256 = next(places.snapshots(make_run(planned.home, name, job=number))).dataset
        files.write(planned.home.dataset(sha256), b"{}\n")
    EvolutionKeeper(planned.home, planned.store).catch_up()
    trained = (TrainedJob(job=7, name="inside.jsonl", dataset="i", rows=1, steps=1, settings=JobSettings()),)
    planned.store.versions.put(version(1, jobs=trained))
    planned.store.versions.put(version(2, lineage=("v001",)))
    on_version = guarded_runs(planned.home, planned.store, "d" * 64, "v002")
    assert [run.dataset_name for run in on_version] == ["inside.jsonl"]
