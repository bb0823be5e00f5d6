"""The loss plot: it redraws what arrived, reads out below the pointer, and forgets that when the pointer leaves."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from backend.protocol.engine import Metric
from gui.live.curve import smoothed
from gui.live.panel import LivePanel
from gui.live.plot import LossPlot
from gui.theme import Theme, ThemeKeeper


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> Iterator[LossPlot]:
    made = LossPlot(ThemeKeeper(qapp, Theme.LIGHT))
    made.resize(600, 400)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def test_the_ground_of_the_plot_follows_the_theme_at_once(qtbot: QtBot, qapp: QApplication) -> None:
    theme = ThemeKeeper(qapp, Theme.LIGHT)
    made = LossPlot(theme)
    made.show()
    view = made.findChild(QGraphicsView)
    assert isinstance(view, QGraphicsView)
    for chosen in (Theme.DARK, Theme.LIGHT, Theme.DARK):
        theme.choose(chosen)
        assert view.backgroundBrush().color() == theme.palette().color(QPalette.ColorRole.Base)
    made.close()
    made.deleteLater()


def metric(step: int) -> Metric:
    return Metric(
        job=1,
        step=step,
        total_steps=9,
        epoch=step / 9,
        loss=1.0,
        learning_rate=1e-4,
        grad_norm=1.0,
        tokens=8,
        supervised=4,
        tokens_per_second=80.0,
        seconds=step / 10,
        memory_bytes=1,
    )


def drawn(qtbot: QtBot, plot: LossPlot, steps: int) -> None:
    qtbot.waitUntil(lambda: plot.drawn()[0] == steps)


def test_points_are_drawn_by_the_timer_and_not_before(plot: LossPlot, qtbot: QtBot) -> None:
    for step in range(1, 31):
        plot.add_step(step, 3.0 - step / 20)
    assert plot.drawn()[0] == 0
    drawn(qtbot, plot, 30)
    plot.clear()
    drawn(qtbot, plot, 0)


def test_a_hidden_plot_draws_nothing_until_it_is_seen(plot: LossPlot, qtbot: QtBot) -> None:
    plot.hide()
    plot.add_step(1, 1.0)
    with qtbot.waitSignal(plot.redraw_timer.timeout):
        pass
    assert plot.drawn()[0] == 0
    plot.show()
    drawn(qtbot, plot, 1)


def test_the_pointer_reads_out_the_nearest_step(plot: LossPlot, qtbot: QtBot) -> None:
    values = [2.0, 1.0, 4.0]
    plot.smooth(0.5)
    plot.add_held_out(0, 2.5)
    for step, value in enumerate(values, start=1):
        plot.add_step(step, value)
    drawn(qtbot, plot, 3)
    view = plot.findChild(QGraphicsView)
    assert isinstance(view, QWidget)
    points: list[object] = []
    plot.pointed.connect(points.append)
    QTest.mouseMove(view, QPoint(view.width() - 20, view.height() // 2))
    qtbot.waitUntil(lambda: bool(points))
    assert points[-1] == (3, 4.0, pytest.approx(smoothed(values, 0.5)[2]), (0, 2.5))
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert points[-1] is None


def test_a_log_scale_and_another_theme_keep_what_is_drawn(plot: LossPlot, qtbot: QtBot) -> None:
    plot.add_step(1, 2.0)
    plot.add_held_out(1, 2.0)
    drawn(qtbot, plot, 1)
    plot.use_log_scale(True)
    assert plot.drawn() == (1, 1)


def test_what_came_before_the_plot_is_drawn_when_it_is_there(plot: LossPlot, qtbot: QtBot) -> None:
    panel = LivePanel()
    panel.add_steps([metric(1), metric(2)])
    panel.use_plot(plot, plot)
    panel.show()
    drawn(qtbot, plot, 2)
    assert panel.figures.value("step") == "2 / 9"
    panel.close()
    panel.deleteLater()
