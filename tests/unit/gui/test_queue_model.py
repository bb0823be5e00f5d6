"""Rows of the queue come, move and go by themselves; the model is never reset."""

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from backend.domain.job import Job, JobSettings, JobState, Priority
from gui.queue.columns import COLUMNS
from gui.queue.model import FINISHED, PROGRESS_ROLE, QueueModel

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


def test_a_step_changes_one_row_and_moves_none(model: QueueModel) -> None:
    model.take([job(1, state=JobState.RUNNING), job(2), job(3)])
    changes: list[tuple[int, int]] = []
    moves: list[bool] = []
    model.dataChanged.connect(lambda top, bottom: changes.append((top.row(), bottom.row())))
    model.rowsInserted.connect(lambda: moves.append(True))
    model.rowsRemoved.connect(lambda: moves.append(True))
    model.take([job(1, state=JobState.RUNNING, step=5, total_steps=20)])
    assert (changes, moves) == ([(0, 0)], [])
    assert shown(model, 1)[4] == "25%"
    assert model.job_index(1).data(PROGRESS_ROLE) == 0.25


def test_five_hundred_jobs_come_at_once(qapp: QApplication) -> None:
    model = QueueModel()  # without the tester, which looks at every row after every change
    model.take([job(n, Priority(n % 3)) for n in range(1, 501)])
    assert model.rowCount(QModelIndex()) == FINISHED + 1
    assert len(order(model)) == 500
    assert shown(model, 1)[1] == str(order(model).index(1) + 1)


def test_what_is_selected_stays_selected_when_it_moves(model: QueueModel) -> None:
    model.take([job(1), job(2), job(3)])
    kept = QPersistentModelIndex(model.job_index(2))
    model.take([job(2, Priority.LOW)])
    assert kept.data() == "2.jsonl"
    assert kept.parent() == model.group_index(Priority.LOW)
    model.take([job(2, position=9)])
    assert kept.row() == 2
    model.take([job(2, position=0)])
    assert (kept.row(), kept.data()) == (0, "2.jsonl")
    model.take([job(2, state=JobState.DONE)])
    assert kept.parent() == model.group_index(FINISHED)


def test_a_level_tells_how_many_wait_in_it(model: QueueModel) -> None:
    model.take([job(1), job(2)])
    assert str(model.group_index(Priority.NORMAL).data()).endswith("2")
