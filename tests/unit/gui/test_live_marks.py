"""Marks of snapshots on the loss plot: where they stand, what they say, where a click leads, and after a restart."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView
from pytestqt.qtbot import QtBot

from backend.domain.job import JobState
from backend.domain.snapshot import Summary
from backend.domain.status import HostState
from backend.paths import Home
from backend.protocol.engine import Metric
from backend.protocol.evolution import GetRun, ListRuns, RunChanged
from backend.protocol.host import Request
from gui.actions.catalogue import ActionId
from gui.evolution.example import ExampleView
from gui.live.mark import Mark
from gui.live.plot import LossPlot
from gui.live.snapshots import JobSnapshots
from gui.theme import Theme, ThemeKeeper
from tests.fakes.evolution_runs import told
from tests.fakes.scripted_engine import Script
from tests.fakes.window import PATIENCE_MS, User, WriteFile
from tests.makers.evolution_files import make_run

SitDown = Callable[..., User]


def mark(step: int) -> Mark:
    summary = Summary(
        avg_loss=1.5,
        avg_loss_heldout=None,
        avg_similarity=0.5,
        accuracy=0.25,
        total_examples=64,
        scored=64,
        answered=64,
        correct=12,
        incorrect=52,
    )
    return Mark(run=7, step=step, summary=summary)


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> Iterator[LossPlot]:
    made = LossPlot(ThemeKeeper(qapp, Theme.LIGHT))
    made.resize(600, 400)
    made.show()
    for step in range(1, 41):
        made.add_step(step, 3.0 - step / 20)
    qtbot.waitUntil(lambda: made.drawn()[0] == 40)
    yield made
    made.close()
    made.deleteLater()


def place(plot: LossPlot, of: Mark) -> tuple[QGraphicsView, QPoint]:
    """The view, and the middle of a mark in it."""
    view = plot.findChild(QGraphicsView)
    assert isinstance(view, QGraphicsView)
    return view, view.mapFromScene(plot.marks.place_of(of))


def point_at(qtbot: QtBot, view: QGraphicsView, to: QPoint, holds: Callable[[], bool]) -> None:
    """Move the pointer there until it holds; the plot library passes over movements that follow each other at once."""
    aside = itertools.cycle((QPoint(0, 0), QPoint(1, 0)))

    def there() -> bool:
        QTest.mouseMove(view.viewport(), to + next(aside))
        return holds()

    qtbot.waitUntil(there, timeout=PATIENCE_MS)


def test_a_mark_says_what_its_snapshot_found_and_changes_the_pointer(plot: LossPlot, qtbot: QtBot) -> None:
    plot.show_marks([mark(10), mark(30)])
    view, where = place(plot, mark(10))
    words = "Snapshot at step 10: loss 1.50, 12 of 64 right"
    point_at(qtbot, view, where, lambda: plot.marks.toolTip() == words)
    assert plot.marks.cursor().shape() is Qt.CursorShape.PointingHandCursor
    point_at(qtbot, view, where + QPoint(60, 0), lambda: plot.marks.toolTip() == "")
    assert plot.marks.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_a_click_on_a_mark_chooses_it_and_beside_it_nothing(plot: LossPlot) -> None:
    plot.show_marks([mark(10), mark(30)])
    chosen: list[Mark] = []
    plot.marks.chosen.connect(chosen.append)
    view, where = place(plot, mark(30))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen == [mark(30)]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where - QPoint(60, 0))
    assert chosen == [mark(30)]


def test_marks_before_the_curve_are_in_sight(plot: LossPlot, qtbot: QtBot) -> None:
    plot.clear()
    plot.add_step(500, 1.0)
    plot.show_marks([mark(0), mark(400)])
    view, _ = place(plot, mark(0))
    qtbot.waitUntil(lambda: view.viewport().rect().contains(place(plot, mark(0))[1]))
    left, right = (place(plot, mark(step))[1].x() for step in (0, 400))
    assert right - left > 300


def test_marks_are_drawn_in_light_and_dark(qtbot: QtBot, qapp: QApplication) -> None:
    theme = ThemeKeeper(qapp, Theme.LIGHT)
    made = LossPlot(theme)
    made.resize(400, 300)
    made.show()
    made.show_marks([mark(2)])
    for chosen in (Theme.DARK, Theme.LIGHT):
        theme.choose(chosen)
        view, where = place(made, mark(2))
        ground = theme.palette().base().color()
        assert view.grab().toImage().pixelColor(where + QPoint(0, 3)) != ground
    made.close()
    made.deleteLater()


def metric(job: int) -> Metric:
    return Metric(
        job=job,
        step=40,
        total_steps=99,
        epoch=0.5,
        loss=1.0,
        learning_rate=1e-4,
        grad_norm=1.0,
        tokens=8,
        supervised=4,
        tokens_per_second=80.0,
        seconds=4.0,
        memory_bytes=1,
    )


def test_a_window_that_joins_a_training_asks_for_its_latest_run_alone(home: Home) -> None:
    make_run(home, job=3, steps=(0, 10), ended=False, began="2026-11-24T00:00:00.000Z")
    make_run(home, "other.jsonl", job=4, steps=(0, 5))
    make_run(home, job=3, steps=(0, 10, 20), ended=False)
    asked: list[Request] = []
    shown: list[tuple[Mark, ...]] = []
    snapshots = JobSnapshots()
    snapshots.asked.connect(asked.append)
    snapshots.changed.connect(shown.append)
    with told(home) as replies:
        snapshots.learn_steps((metric(3),))
        assert asked == [ListRuns()]
        snapshots.answer(ListRuns(), replies.runs())
        latest = next(run for run in replies.runs().runs if run.job == 3)
        assert asked[1:] == [GetRun(run=latest.id)]
        snapshots.answer(asked[1], replies.run(latest.id, None))
        assert [one.step for one in shown[-1]] == [0, 10, 20]
        assert {one.run for one in shown[-1]} == {latest.id}
        assert shown[-1][-1].summary == latest.last
        snapshots.learn_steps((metric(4),))
        assert shown[-1] == ()


def test_a_new_snapshot_is_marked_without_a_question_and_those_that_were_left_go(home: Home) -> None:
    folder = make_run(home, job=3, steps=(0, 10, 20), ended=False)
    asked: list[Request] = []
    shown: list[tuple[Mark, ...]] = []
    snapshots = JobSnapshots()
    snapshots.learn_steps((metric(3),))
    snapshots.asked.connect(asked.append)
    snapshots.changed.connect(shown.append)
    with told(home) as replies:
        (run,) = replies.runs().runs
        snapshots.answer(GetRun(run=run.id), replies.run(run.id, None))
        assert shown == []
        snapshots.answer(ListRuns(), replies.runs())
        snapshots.answer(asked.pop(), replies.run(run.id, None))
    (folder / "step_000020.json").unlink()
    with told(home) as replies:
        (run,) = replies.runs().runs
        snapshots.learn_run(RunChanged(run=run, step=10))
    assert [one.step for one in shown[-1]] == [0, 10]
    assert asked == []


def test_an_answer_that_comes_behind_a_later_snapshot_takes_no_mark_away(home: Home) -> None:
    folder = make_run(home, job=3, steps=(0, 10, 20), ended=False)
    last = (folder / "step_000020.json").read_bytes()
    (folder / "step_000020.json").unlink()
    shown: list[tuple[Mark, ...]] = []
    snapshots = JobSnapshots()
    snapshots.learn_steps((metric(3),))
    snapshots.changed.connect(shown.append)
    with told(home) as replies:
        (run,) = replies.runs().runs
        early = replies.run(run.id, None)
        snapshots.answer(ListRuns(), replies.runs())
        snapshots.answer(GetRun(run=run.id), early)
    (folder / "step_000020.json").write_bytes(last)
    with told(home) as replies:
        (run,) = replies.runs().runs
        snapshots.learn_run(RunChanged(run=run, step=20))
    snapshots.answer(GetRun(run=run.id), early)
    assert [one.step for one in shown[-1]] == [0, 10, 20]


def test_the_snapshots_of_the_training_are_marked_also_after_a_restart(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=40, seconds=0.001, gate_at=25))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    plot = me.plot()
    me.wait_for(lambda: [one.step for one in plot.marks.marks] == [0, 10, 20])
    me.wait_for(lambda: plot.drawn()[0] == 25)
    me.program.closing.now()
    me.wait_for(lambda: not me.window.isVisible())
    again = user(Script(steps=40, seconds=0.001))
    assert again.job("a.jsonl").state is not JobState.DONE
    again.press(ActionId.START)
    seen = again.plot()
    again.wait_for(lambda: [one.step for one in seen.marks.marks] == [0, 10, 20, 30, 40])
    again.wait_for_state(HostState.IDLE)


def test_a_click_on_a_mark_goes_to_the_snapshot_in_the_evolution_tab(user: SitDown, write_file: WriteFile) -> None:
    me = user(Script(steps=40, seconds=0.001))
    me.drop(write_file("a.jsonl"))
    me.press(ActionId.START)
    marks = me.plot().marks
    me.wait_for(lambda: [one.step for one in marks.marks] == [0, 10, 20, 30, 40])
    me.wait_for_state(HostState.IDLE)
    marks.chosen.emit(marks.marks[2])
    evolution = me.window.evolution
    assert me.window.tabs.currentWidget() is evolution
    me.wait_for(lambda: evolution.body is not None and evolution.body.picture.chosen is not None)
    assert evolution.body is not None
    assert evolution.body.picture.chosen == (0, 2)
    view = evolution.findChild(ExampleView)
    assert isinstance(view, ExampleView)
    me.wait_for(lambda: view.stages.current is not None and view.stages.current.at.step == 20)
