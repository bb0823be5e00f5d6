"""The keeper of the index: once for each file, again and again the same, and made anew from the files alone."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend import files
from backend.domain.snapshot import LeftOut
from backend.errors import Damaged
from backend.evolution import folder as places
from backend.evolution.keeper import EvolutionKeeper
from backend.evolution.replies import EvolutionReplies
from backend.paths import Home
from backend.protocol import evolution as e
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


@pytest.fixture
def keeper(home: Home, store: Store) -> EvolutionKeeper:
    return EvolutionKeeper(home, store)


def everything(home: Home, store: Store) -> list[object]:
    """All replies about all runs."""
    replies = EvolutionReplies(home, store.evolution)
    said: list[object] = [replies.runs()]
    for run in replies.runs().runs:
        said.append(replies.run(run.id, None))
        said += [replies.snapshot(run.id, step) for step in run.steps]
        said += [replies.answers(run.id, one.example_id) for one in replies.run(run.id, None).examples]
    return said


def spoil(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def test_a_file_is_indexed_once_however_often_it_is_recorded(home: Home, store: Store, keeper: EvolutionKeeper) -> None:
    path = places.place(make_run(home), 10)
    first = keeper.record(path, files.sha256(path))
    assert keeper.record(path) == first
    assert first.steps == (10,)
    assert len(store.evolution.files()) == 1


def test_a_file_that_is_not_what_was_written_is_not_indexed(home: Home, store: Store, keeper: EvolutionKeeper) -> None:
    path = places.place(make_run(home), 10)
    with pytest.raises(Damaged, match="step_000010"):
        keeper.record(path, "0" * 64)
    assert store.evolution.all() == []


def test_a_snapshot_under_the_name_of_another_is_not_indexed(home: Home, store: Store, keeper: EvolutionKeeper) -> None:
    folder = make_run(home)
    spoil(places.place(folder, 10), places.place(folder, 25).read_bytes())
    with pytest.raises(Damaged, match="step_000010"):
        keeper.record(places.place(folder, 10))
    assert store.evolution.all() == []


def test_what_was_missed_is_caught_up_with(home: Home, store: Store, keeper: EvolutionKeeper) -> None:
    first, second = make_run(home), make_run(home, "second.jsonl", ended=False, began="2026-11-25T01:00:00.000Z")
    keeper.record(places.place(first, 10))
    keeper.catch_up()
    assert [(run.folder, run.steps, run.ended) for run in store.evolution.all()] == [
        (second.name, (0, 10, 25, 33), False),
        (first.name, (0, 10, 25, 33), True),
    ]
    before = everything(home, store)
    keeper.catch_up()
    assert everything(home, store) == before


def test_a_start_with_nothing_missed_writes_nothing(home: Home, store: Store, keeper: EvolutionKeeper) -> None:
    make_run(home)
    make_run(home, "second.jsonl", ended=False, began="2026-11-25T01:00:00.000Z")
    keeper.catch_up()
    written = store._db.total_changes
    keeper.catch_up()
    assert store._db.total_changes == written


def test_rows_of_files_that_are_gone_are_dropped_and_told_of_in_the_log(
    home: Home, store: Store, keeper: EvolutionKeeper, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = make_run(home), make_run(home, "second.jsonl")
    keeper.catch_up()
    places.place(first, 25).unlink()
    for path in second.iterdir():
        path.unlink()
    second.rmdir()
    keeper.catch_up()
    assert [run.steps for run in store.evolution.all()] == [(0, 10, 33)]
    assert "steps 25" in caplog.text
    assert second.name in caplog.text


def test_folders_that_cannot_be_read_keep_their_rows_and_hold_no_start_up(
    home: Home, store: Store, keeper: EvolutionKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run(home)
    keeper.catch_up()
    before = store.evolution.all()

    def refuse(_folder: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    for name in ("steps", "runs"):
        monkeypatch.setattr(places, name, refuse)
        keeper.catch_up()
    assert store.evolution.all() == before


def test_a_damaged_file_is_passed_over_and_named(
    home: Home, store: Store, keeper: EvolutionKeeper, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(places.place(make_run(home), 25), b"{")
    keeper.catch_up()
    assert [run.steps for run in store.evolution.all()] == [(0, 10, 33)]
    assert "step_000025.json" in caplog.text


def test_an_index_made_again_from_the_files_gives_equal_replies(
    home: Home, store: Store, keeper: EvolutionKeeper
) -> None:
    for hour, name in enumerate(("first.jsonl", "second.jsonl", "first.jsonl")):
        make_run(home, name, job=hour + 1, odd=hour == 1, began=f"2026-11-25T0{hour}:00:00.000Z", ended=hour < 2)
        keeper.catch_up()
    before = everything(home, store)
    rebuilt = keeper.rebuild()
    assert (rebuilt.runs, rebuilt.snapshots, rebuilt.damaged) == (3, 12, ())
    assert everything(home, store) == before
    with store.atomic():
        store.evolution.clear()
    assert store.evolution.all() == []
    keeper.rebuild()
    assert everything(home, store) == before


def test_a_rebuild_passes_over_what_is_damaged_and_names_it(home: Home, store: Store, keeper: EvolutionKeeper) -> None:
    folder = make_run(home)
    keeper.catch_up()
    spoil(places.place(folder, 25), b"[]")
    rebuilt = keeper.rebuild()
    assert [str(places.place(folder, 25)) in error.message for error in rebuilt.damaged] == [True]
    assert [run.steps for run in store.evolution.all()] == [(0, 10, 33)]


def test_an_altered_file_is_named_and_the_figures_stay(home: Home, store: Store, keeper: EvolutionKeeper) -> None:
    path = places.place(make_run(home), 10)
    keeper.catch_up()
    replies = EvolutionReplies(home, store.evolution)
    before = replies.run(1, None)
    spoil(path, path.read_bytes().replace(b"general", b"genial"))
    for wrong in (lambda: replies.snapshot(1, 10), lambda: replies.answers(1, before.examples[0].example_id)):
        with pytest.raises(Damaged, match="step_000010"):
            wrong()
    assert replies.run(1, None) == before


def test_answers_come_with_their_figures(home: Home, store: Store, keeper: EvolutionKeeper) -> None:
    folder = make_run(home, answered_share=0.2)
    keeper.catch_up()
    replies = EvolutionReplies(home, store.evolution)
    (run,) = replies.runs().runs
    assert isinstance(replies.runs(), e.RunsReply)
    for one in replies.run(run.id, None).examples:
        found = replies.answers(run.id, one.example_id)
        expected = [
            (snapshot.training_step, scored.model_output, scored.loss, scored.similarity, scored.right, scored.stopped)
            for snapshot in places.snapshots(folder)
            for scored in snapshot.examples
            if scored.example_id == one.example_id
        ]
        assert [(a.step, a.answer, a.loss, a.similarity, a.right, a.stopped) for a in found.answers] == expected
        assert [a.left_out for a in found.answers] == [None if a.stopped else LeftOut.BUDGET for a in found.answers]
        assert found.example == one
