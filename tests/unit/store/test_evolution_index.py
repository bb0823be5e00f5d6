"""The index of evolution: what goes in comes out, examples keep their places, and large runs are read quickly."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from backend.domain.snapshot import Scored, Snapshot
from backend.errors import WrongUse
from backend.evolution import folder as places
from backend.paths import Home
from backend.store.store import Store
from tests.makers.evolution_files import make_run


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.create()
    return home


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    store = Store.open(home)
    yield store
    store.close()


def snapshots(home: Home) -> list[Snapshot]:
    return list(places.snapshots(make_run(home)))


def put(store: Store, taken: list[Snapshot]) -> int:
    run = store.evolution.add_run(taken[0], "2026-11-25T00:00:00.000Z")
    for snapshot in taken:
        store.evolution.add_snapshot(run, snapshot, f"step_{snapshot.training_step:06d}.json", "0" * 64)
    return run


def test_a_run_comes_out_as_it_went_in(home: Home, store: Store) -> None:
    taken = snapshots(home)
    run = store.evolution.get(put(store, taken))
    assert (run.folder, run.job, run.dataset, run.base) == (taken[0].run, 1, taken[0].dataset, "starter")
    assert run.steps == tuple(snapshot.training_step for snapshot in taken)
    assert (run.first, run.last) == (taken[0].summary, taken[-1].summary)
    assert store.evolution.all() == [run]
    assert store.evolution.find(run.folder) == run.id


def test_figures_stand_in_the_order_of_the_examples(home: Home, store: Store) -> None:
    taken = snapshots(home)
    run = put(store, taken)
    ids = [one.example_id for one in store.evolution.examples(run)]
    for snapshot, figures in zip(taken, store.evolution.figures(run), strict=True):
        by_id = {one.example_id: one for one in snapshot.examples}
        assert figures.losses == tuple(by_id[example_id].loss for example_id in ids)
        assert figures.similarities == tuple(by_id[example_id].similarity for example_id in ids)
        assert figures.right == tuple(by_id[example_id].right for example_id in ids)
        assert (figures.step, figures.summary) == (snapshot.training_step, snapshot.summary)


def test_only_later_figures_are_given_where_a_step_is_named(home: Home, store: Store) -> None:
    run = put(store, snapshots(home))
    assert [figures.step for figures in store.evolution.figures(run, after_step=10)] == [25, 33]


def test_examples_that_come_and_go_keep_their_places(home: Home, store: Store) -> None:
    first, second, third, _ = snapshots(home)
    fresh = msgspec.structs.replace(first.examples[0], example_id="f" * 32, loss=7.0)
    changed: list[tuple[Snapshot, tuple[Scored, ...]]] = [
        (first, first.examples[:2]),
        (second, (fresh, second.examples[1])),
        (third, third.examples[:1]),
    ]
    run = put(store, [msgspec.structs.replace(snapshot, examples=examples) for snapshot, examples in changed])
    ids = [one.example_id for one in store.evolution.examples(run)]
    assert ids == [first.examples[0].example_id, first.examples[1].example_id, "f" * 32]
    losses = [figures.losses for figures in store.evolution.figures(run)]
    assert losses[0] == (first.examples[0].loss, first.examples[1].loss)
    assert losses[1] == (None, second.examples[1].loss, 7.0)
    assert losses[2] == (third.examples[0].loss,)


def test_a_run_or_step_that_is_not_there_is_refused_with_what_to_do(home: Home, store: Store) -> None:
    run = put(store, snapshots(home))
    for wrong in (lambda: store.evolution.get(run + 1), lambda: store.evolution.file(run, 11)):
        with pytest.raises(WrongUse) as refused:
            wrong()
        assert refused.value.hint


def test_a_run_without_a_snapshot_is_none_any_more(home: Home, store: Store) -> None:
    run = put(store, snapshots(home))
    store.evolution.drop_snapshots(run, [0, 10])
    assert store.evolution.get(run).steps == (25, 33)
    store.evolution.drop_snapshots(run, [25, 33])
    assert store.evolution.all() == []
    assert store.evolution.examples(run) == ()


def test_two_hundred_snapshots_of_five_hundred_examples_are_read_many_times_faster_than_their_files(
    home: Home, store: Store
) -> None:
    folder = make_run(home, examples=500, steps=range(20))
    began = time.process_time()
    taken = list(places.snapshots(folder))
    from_files = 10 * (time.process_time() - began)
    run = store.evolution.add_run(taken[0], "2026-11-25T00:00:00.000Z")
    with store.atomic():
        for step in range(200):
            store.evolution.add_snapshot(run, _at(taken[step % 20], step), "x", "0" * 64)
    began = time.process_time()
    figures = store.evolution.figures(run)
    seconds = time.process_time() - began
    print(f"200 x 500: files {from_files:.3f} s, index {seconds:.3f} s")
    assert sum(len(each.losses) for each in figures) == 100_000
    assert seconds < from_files / 3


def _at(snapshot: Snapshot, step: int) -> Snapshot:
    return msgspec.structs.replace(snapshot, training_step=step)
