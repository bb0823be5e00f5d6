"""Rows of the queue come, move and go by themselves; the model is never reset."""

from collections.abc import Iterator, Sequence

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from backend.domain.job import Job, JobSettings, JobState, Priority
from gui.queue.columns import COLUMNS
from gui.queue.dragging import Placement
from gui.queue.groups import FINISHED
from gui.queue.model import PROGRESS_ROLE, QueueModel

pytestmark = pytest.mark.qt_log_level_fail("WARNING")


@pytest.fixture
def model(qapp: QApplication) -> Iterator[QueueModel]:
    """Watched by Qt's own tester, which warns of every broken promise; a reset is broken too."""
    made = QueueModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning)
    resets: list[bool] = []
    made.modelReset.connect(lambda: resets.append(True))
    yield made
    assert resets == []
    tester.deleteLater()


def job(number: int, priority: Priority = Priority.NORMAL, state: JobState = JobState.QUEUED, **more: object) -> Job:
    made = Job(
        id=number,
        dataset=str(number),
        name=f"{number}.jsonl",
        priority=priority,
        position=number,
        state=state,
        settings=JobSettings(),
        rows=number,
    )
    return msgspec.structs.replace(made, **more)


def changed(old: Job, **more: object) -> Job:
    return msgspec.structs.replace(old, **more)


def shown(model: QueueModel, number: int) -> list[str]:
    first = model.job_index(number)
    return [first.siblingAtColumn(column).data() for column in range(len(COLUMNS))]


def order(model: QueueModel) -> list[int]:
    return [each.id for each in model.waiting()]


def test_jobs_stand_in_their_level_in_the_order_of_training(model: QueueModel) -> None:
    model.take([job(1), job(2, Priority.LOW), job(3, Priority.HIGH), job(4)])
    assert order(model) == [3, 1, 4, 2]
    assert [model.group_size(group) for group in range(FINISHED + 1)] == [1, 2, 1, 0]
    assert shown(model, 4) == ["4.jsonl", "3", "waits", "4", ""]


def test_a_begun_job_goes_first_whatever_its_level(model: QueueModel) -> None:
    model.take([job(1), job(2, Priority.LOW), job(3, Priority.HIGH)])
    model.take([job(2, Priority.LOW, JobState.PAUSED)])
    assert order(model) == [2, 3, 1]
    assert shown(model, 2)[1] == "1"


def test_a_finished_job_leaves_its_level_and_the_newest_stands_on_top(model: QueueModel) -> None:
    model.take([job(1), job(2), job(3)])
    model.take([job(1, state=JobState.DONE)])
    model.take([job(2, state=JobState.FAILED)])
    assert order(model) == [3]
    assert [each.id for each in model.jobs()] == [3, 2, 1]
    assert shown(model, 2)[1:3] == ["", "failed"]


def test_a_removed_job_is_gone(model: QueueModel) -> None:
    model.take([job(1), job(2)])
    model.take([job(1, state=JobState.REMOVED)])
    assert order(model) == [2]
    assert not model.job_index(1).isValid()


def test_a_stopped_job_is_next_whatever_its_level(model: QueueModel) -> None:
    model.take([job(1), job(2, Priority.LOW, started_at="2026-01-01T00:00:00.000Z"), job(3, Priority.HIGH)])
    assert order(model) == [2, 3, 1]
    assert [shown(model, number)[1] for number in (2, 3, 1)] == ["1", "2", "3"]


def test_a_step_changes_one_row_and_moves_none(model: QueueModel) -> None:
    model.take([job(1, state=JobState.RUNNING), job(2), job(3)])
    row = model.job_index(1).row()
    changes: list[tuple[int, int]] = []
    moves: list[bool] = []
    model.dataChanged.connect(lambda top, bottom: changes.append((top.row(), bottom.row())))
    model.rowsInserted.connect(lambda: moves.append(True))
    model.rowsRemoved.connect(lambda: moves.append(True))
    model.take([job(1, state=JobState.RUNNING, step=5, total_steps=20)])
    assert (changes, moves) == ([(row, row)], [])
    assert shown(model, 1)[4] == "25%"
    assert model.job_index(1).data(PROGRESS_ROLE) == 0.25


def test_many_jobs_come_as_one_insertion_a_level(qapp: QApplication) -> None:
    model = QueueModel()  # without the tester, which looks at every row after every change
    inserted: list[int] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append(last - first + 1))
    model.take([job(n, Priority(n % 3)) for n in range(1, 501)])
    assert sorted(inserted) == [166, 167, 167]
    assert model.rowCount(QModelIndex()) == 500 + FINISHED + 1
    assert len(order(model)) == 500
    for number in (1, 77, 500):
        assert shown(model, number)[1] == str(order(model).index(number) + 1)


def test_jobs_that_come_between_others_stand_in_their_order(model: QueueModel) -> None:
    model.take([job(n) for n in (2, 4, 6, 8)])
    model.take([job(n) for n in (9, 1, 5, 3)])
    assert order(model) == [1, 2, 3, 4, 5, 6, 8, 9]
    rows = [model.job_index(number).row() for number in order(model)]
    assert rows == list(range(rows[0], rows[0] + 8))


def test_what_is_selected_stays_selected_when_it_moves(model: QueueModel) -> None:
    model.take([job(1), job(2), job(3)])
    kept = QPersistentModelIndex(model.job_index(2))

    def offset(group: int) -> int:
        return kept.row() - model.heading_index(group).row()

    model.take([job(2, Priority.LOW)])
    assert (kept.data(), offset(Priority.LOW)) == ("2.jsonl", 1)
    model.take([job(1, Priority.LOW), job(3, Priority.LOW)])
    assert offset(Priority.LOW) == 2
    model.take([job(2, Priority.LOW, position=9)])
    assert offset(Priority.LOW) == 3
    model.take([job(2, Priority.LOW, position=0)])
    assert (offset(Priority.LOW), kept.data()) == (1, "2.jsonl")
    model.take([job(2, state=JobState.DONE)])
    assert (offset(FINISHED), kept.data()) == (1, "2.jsonl")


def test_a_level_tells_how_many_wait_in_it(model: QueueModel) -> None:
    model.take([job(1), job(2)])
    assert str(model.heading_index(Priority.NORMAL).data()).endswith("2")


def test_a_folded_level_shows_its_heading_alone_and_goes_on_counting(model: QueueModel) -> None:
    model.take([job(1), job(2), job(3, Priority.LOW)])
    model.toggle(Priority.NORMAL)
    assert model.heading_index(Priority.LOW).row() == model.heading_index(Priority.NORMAL).row() + 1
    assert not model.job_index(1).isValid()
    model.take([job(4), job(1, Priority.HIGH), job(3, Priority.NORMAL, position=3)])
    assert str(model.heading_index(Priority.NORMAL).data()).endswith("3")
    assert order(model) == [1, 2, 3, 4]
    model.toggle(Priority.NORMAL)
    assert [model.job_index(number).row() for number in (2, 3, 4)] == [3, 4, 5]


def test_counts_follow_every_change(model: QueueModel) -> None:
    model.take([job(1), job(2), job(3, Priority.LOW)])
    assert (model.waiting_count, model.waiting_rows) == (3, 6)
    model.take([job(2, rows=10), job(3, state=JobState.DONE)])
    assert (model.waiting_count, model.waiting_rows) == (2, 11)
    model.take([job(1, state=JobState.REMOVED)])
    assert (model.waiting_count, model.waiting_rows) == (1, 10)


def test_the_file_that_finished_last_stands_on_top(model: QueueModel) -> None:
    def done(number: int, minute: int) -> Job:
        return job(number, state=JobState.DONE, ended_at=f"2026-01-01T00:{minute:02}:00.000Z")

    model.take([done(1, 9), done(2, 5), done(3, 7)])
    assert [each.id for each in model.jobs()] == [1, 3, 2]


Landing = tuple[tuple[int, ...], Priority, int | None]


def let_go(model: QueueModel, numbers: Sequence[int], row: int) -> Landing | None:
    """Drag jobs to above a row; what the host would be asked, None where the model does not take them."""
    placed: list[Placement] = []
    model.placed.connect(placed.append)
    data = model.mimeData([model.job_index(number) for number in numbers])
    move = Qt.DropAction.MoveAction
    may = model.canDropMimeData(data, move, row, 0, QModelIndex())
    assert not model.dropMimeData(data, move, row, 0, QModelIndex())  # the view shall not take the rows out
    model.placed.disconnect(placed.append)
    assert may == bool(placed)
    return (placed[0].jobs, placed[0].priority, placed[0].before) if placed else None


def test_rows_let_go_between_others_stand_before_the_one_below(model: QueueModel) -> None:
    model.take([job(1), job(2), job(3), job(4, Priority.LOW), job(5, Priority.HIGH)])
    assert let_go(model, [3, 1], model.job_index(2).row()) == ((1, 3), Priority.NORMAL, 2)
    assert let_go(model, [1], model.job_index(4).row()) == ((1,), Priority.LOW, 4)


def test_rows_let_go_around_a_heading_go_to_the_end_above_or_the_top_below(model: QueueModel) -> None:
    model.take([job(1), job(2), job(3, Priority.LOW)])
    low = model.heading_index(Priority.LOW).row()
    assert let_go(model, [3], low) == ((3,), Priority.NORMAL, None)
    assert let_go(model, [1], low + 1) == ((1,), Priority.LOW, 3)
    assert let_go(model, [1], 1) == ((1,), Priority.HIGH, None)
    assert let_go(model, [1], 0) == ((1,), Priority.HIGH, None)
    assert let_go(model, [1], model.heading_index(FINISHED).row()) == ((1,), Priority.LOW, None)


def test_nothing_is_let_go_among_the_finished_or_before_what_trains(model: QueueModel) -> None:
    model.take([job(1, state=JobState.RUNNING), job(2), job(3), job(4, state=JobState.DONE)])
    assert let_go(model, [2], model.job_index(4).row()) is None
    assert let_go(model, [2], model.rowCount(QModelIndex())) is None
    assert let_go(model, [2], -1) is None
    assert let_go(model, [3], model.job_index(1).row()) == ((3,), Priority.NORMAL, 2)


def test_only_what_waits_by_its_place_can_be_dragged(model: QueueModel) -> None:
    began = "2026-01-01T00:00:00.000Z"
    model.take([job(1, state=JobState.RUNNING), job(2), job(3, started_at=began), job(4, state=JobState.DONE)])
    draggable = {n for n in range(1, 5) if model.flags(model.job_index(n)) & Qt.ItemFlag.ItemIsDragEnabled}
    assert draggable == {2}
    assert let_go(model, [1, 2, 3, 4], 0) == ((2,), Priority.HIGH, None)


def test_what_another_program_drags_is_not_taken(model: QueueModel) -> None:
    model.take([job(1), job(2)])
    data = QMimeData()
    data.setText("1")
    assert not model.canDropMimeData(data, Qt.DropAction.MoveAction, 2, 0, QModelIndex())
