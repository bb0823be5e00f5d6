"""The Evolution tab: heat map and table show the same, choices move both, snapshots join while one looks."""

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from backend.domain.evolution import Forgetting, GuardedPanel, Worse
from backend.evolution.replies import EvolutionReplies
from backend.paths import Home
from backend.protocol import evolution as e
from backend.protocol.host import Request
from gui.actions.bar import Actions
from gui.evolution.body import RunBody
from gui.evolution.choice import Kept, Measure, Order
from gui.evolution.panel import EvolutionPanel
from gui.theme import Theme, ThemeKeeper
from tests.fakes.evolution_runs import told
from tests.fakes.window import PATIENCE_MS
from tests.makers.evolution_files import make_run

STEPS = (0, 10, 25, 33)


@pytest.fixture
def replies(tmp_path: Path) -> Iterator[EvolutionReplies]:
    home = Home(tmp_path / "home")
    make_run(home, "older.jsonl", examples=12, steps=STEPS)
    make_run(home, "newer.jsonl", examples=20, steps=STEPS, began="2026-11-26T00:00:00.000Z")
    with told(home) as found:
        yield found


@pytest.fixture
def panel(qtbot: QtBot, theme: ThemeKeeper, window: QWidget) -> EvolutionPanel:
    made = EvolutionPanel(Actions(window))
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


@pytest.fixture
def body(panel: EvolutionPanel, theme: ThemeKeeper) -> RunBody:
    made = RunBody(theme)
    panel.use_body(made)
    return made


class Host:
    """Answers what the panel asks, and knows what that was."""

    def __init__(self, panel: EvolutionPanel, replies: EvolutionReplies) -> None:
        self.asked: list[Request] = []
        self._panel, self._replies = panel, replies
        panel.reader.asked.connect(self.answer)

    def answer(self, request: Request) -> None:
        self.asked.append(request)
        match request:
            case e.ListRuns():
                self._panel.reader.answer(request, self._replies.runs())
            case e.GetRun(run=run, after_step=after):
                self._panel.reader.answer(request, self._replies.run(run, after))
            case e.GetAnswers(run=run, example_id=example_id):
                self._panel.reader.answer(request, self._replies.answers(run, example_id))


@pytest.fixture
def host(panel: EvolutionPanel, replies: EvolutionReplies) -> Host:
    return Host(panel, replies)


@pytest.fixture
def shown(panel: EvolutionPanel, body: RunBody, host: Host) -> RunBody:
    """The newest run, before the user has done anything."""
    panel.reader.begin()
    assert body.grid is not None
    return body


def ids(body: RunBody) -> list[str]:
    """Of the rows of the heat map, from the top."""
    assert body.grid is not None
    return [body.grid.examples[place].example_id for place in body.places]


def in_table(body: RunBody) -> list[str]:
    return [row.example.example_id for row in body.examples.table.passing()]


def canvas(body: RunBody) -> QGraphicsView:
    found = body.picture.findChild(QGraphicsView)
    assert isinstance(found, QGraphicsView)
    return found


def over(body: RunBody, row: int, column: int) -> QPoint:
    """The middle of a cell, in the view."""
    view = body.picture.map.view
    box, (rows, columns) = view.sceneBoundingRect(), body.picture.map.size
    at = QPointF(box.left() + box.width() * (column + 0.5) / columns, box.top() + box.height() * (row + 0.5) / rows)
    return canvas(body).mapFromScene(at)


def point_at(qtbot: QtBot, body: RunBody, row: int, column: int) -> None:
    """Move the pointer over a cell; the plot library passes over movements that follow each other at once."""
    heard: list[object] = []
    body.picture.pointed.connect(lambda _, cell: heard.append(cell))
    aside = itertools.cycle((QPoint(0, 0), QPoint(1, 0)))

    def there() -> bool:
        QTest.mouseMove(canvas(body).viewport(), over(body, row, column) + next(aside))
        return (row, column) in heard

    qtbot.waitUntil(there, timeout=PATIENCE_MS)


def test_an_empty_tab_says_when_the_first_snapshot_comes(panel: EvolutionPanel) -> None:
    assert panel.empty.isVisible()
    assert "first snapshot is taken when training starts" in panel.empty.words.text()
    assert not panel.bar.isVisible()


def test_the_newest_run_is_shown_in_map_and_table(panel: EvolutionPanel, shown: RunBody) -> None:
    assert shown.isVisible()
    assert panel.bar.run.currentText().startswith("newer.jsonl")
    assert panel.bar.run.count() == 2
    assert shown.picture.map.size == (20, 4)
    assert ids(shown) == in_table(shown)
    assert shown.examples.counts.text() == "15 learned, 3 still wrong, 2 forgotten"


def test_what_came_before_the_plot_library_is_shown_when_it_is_there(
    panel: EvolutionPanel, host: Host, theme: ThemeKeeper
) -> None:
    panel.reader.begin()
    body = RunBody(theme)
    panel.use_body(body)
    assert body.picture.map.size == (20, 4)


def test_choices_change_map_and_table_alike(panel: EvolutionPanel, shown: RunBody) -> None:
    before = ids(shown)
    panel.bar.order.setCurrentIndex(panel.bar.order.findData(Order.FILE.value))
    assert ids(shown) == in_table(shown) != before
    panel.bar.kept.setCurrentIndex(panel.bar.kept.findData(Kept.FORGOTTEN.value))
    assert len(ids(shown)) == len(in_table(shown)) == 2
    panel.bar.kept.setCurrentIndex(0)
    panel.bar.wanted.setText("question 12:")
    assert len(ids(shown)) == shown.picture.map.size[0] == len(in_table(shown)) == 1
    panel.bar.wanted.setText("nowhere")
    assert shown.picture.map.size[0] == 0
    assert shown.examples.table.words == "No example fits. Choose other ones above."


def test_the_colours_say_which_measure_they_show(panel: EvolutionPanel, shown: RunBody) -> None:
    low, high = shown.bar.ends
    assert float(low) < float(high)
    panel.bar.measure.setCurrentIndex(panel.bar.measure.findData(Measure.SIMILARITY.value))
    assert shown.bar.ends[1] == "100 %"


def test_a_click_on_a_cell_chooses_its_example_and_step(
    qtbot: QtBot, panel: EvolutionPanel, shown: RunBody, host: Host
) -> None:
    steps: list[int] = []
    panel.step_chosen.connect(steps.append)
    with qtbot.waitSignal(panel.example_chosen) as chosen:
        QTest.mouseClick(canvas(shown).viewport(), Qt.MouseButton.LeftButton, pos=over(shown, 5, 1))
    assert chosen.args == [panel.reader.shown, ids(shown)[5]]
    assert steps == [10]
    assert shown.picture.chosen == (5, 1)
    assert [row.example.example_id for row in shown.examples.table.selected()] == [ids(shown)[5]]
    assert isinstance(host.asked[-1], e.GetAnswers)
    assert "I am" in shown.readout.text()


def test_arrows_move_the_chosen_cell_and_stop_at_the_edge(panel: EvolutionPanel, shown: RunBody) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(canvas(shown), key)
    assert shown.picture.chosen == (0, 2)
    for _ in range(9):
        QTest.keyClick(canvas(shown), Qt.Key.Key_Right)
    assert shown.picture.chosen == (0, 3)
    opened: list[str] = []
    panel.example_opened.connect(lambda run, example: opened.append(example))
    QTest.keyClick(canvas(shown), Qt.Key.Key_Return)
    assert opened == [ids(shown)[0]]


def test_a_row_of_the_table_is_chosen_in_the_map_too(shown: RunBody, panel: EvolutionPanel) -> None:
    chosen: list[str] = []
    panel.example_chosen.connect(lambda run, example: chosen.append(example))
    view = shown.examples.table.view
    view.setCurrentIndex(view.model().index(4, 0))
    assert chosen == [ids(shown)[4]]
    assert shown.picture.chosen == (4, 3)


def test_the_menu_of_a_row_shows_its_answer_pins_and_copies(shown: RunBody, qapp: QApplication) -> None:
    pin = QAction("Pin example")
    shown.examples.add_verb(pin)
    opened: list[str] = []
    shown.examples.opened.connect(opened.append)
    table = shown.examples.table
    table.view.setCurrentIndex(table.view.model().index(2, 0))
    (row,) = table.selected()
    show, pinned, _, copied = shown.examples.menu().actions()
    assert (show.text(), pinned, copied.text()) == ("Show answer", pin, "Copy")
    show.trigger()
    assert opened == [row.example.example_id]
    copied.trigger()
    assert qapp.clipboard().text() == "\t".join(table.cells(row))
    table.view.selectAll()
    assert [one.text() for one in shown.examples.menu().actions()] == ["Copy"]


def test_the_marks_of_rows_are_named_whole_where_there_is_little_room(shown: RunBody) -> None:
    bar = shown.bar
    bar.resize(900, bar.height())
    assert (widest := bar.strip_width()) == 84
    bar.resize(300, bar.height())
    assert 24 <= bar.strip_width() < widest


def test_a_table_sorted_by_a_column_keeps_what_is_chosen(shown: RunBody) -> None:
    view = shown.examples.table.view
    view.setCurrentIndex(view.model().index(4, 0))
    view.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    lengths = [row.example.length for row in shown.examples.table.passing()]
    assert lengths == sorted(lengths)
    assert shown.picture.chosen == (4, 3)
    view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert in_table(shown) == ids(shown)


def test_another_view_points_to_a_step_and_to_another_run(panel: EvolutionPanel, shown: RunBody) -> None:
    told_of: list[int] = []
    examples: list[tuple[int, str]] = []
    panel.step_chosen.connect(told_of.append)
    panel.example_chosen.connect(lambda run, example: examples.append((run, example)))
    run = panel.reader.shown
    assert run is not None
    panel.show_step(run, 25)
    assert shown.picture.chosen == (0, 2)
    assert examples == [(run, ids(shown)[0])]
    panel.show_step(panel.reader.runs[1].id, 10)
    assert shown.picture.map.size == (12, 4)
    assert shown.picture.chosen == (0, 1)
    assert told_of == [25, 10]
    assert [told_run for told_run, _ in examples] == [run, panel.reader.runs[1].id]


def test_a_new_snapshot_joins_without_the_rest_being_read_again(
    panel: EvolutionPanel, body: RunBody, replies: EvolutionReplies
) -> None:
    whole = replies.run(2, None)
    early = msgspec.structs.replace(whole.run, steps=STEPS[:2])
    reader = panel.reader
    asked: list[Request] = []
    reader.asked.connect(asked.append)
    reader.learn_run(e.RunChanged(run=early, step=10))
    reader.answer(asked[-1], msgspec.structs.replace(whole, run=early, figures=whole.figures[:2]))
    body.picture.choose((3, 1))
    body.picture.cell_chosen.emit((3, 1))
    chosen = ids(body)[3]
    reader.learn_run(e.RunChanged(run=whole.run, step=33))
    request = asked[-1]
    assert request == e.GetRun(run=2, after_step=10)
    reader.answer(request, msgspec.structs.replace(whole, figures=whole.figures[2:]))
    assert body.grid is not None
    assert body.grid.steps == STEPS
    assert body.picture.map.size == (20, 4)
    assert body.picture.map.is_whole
    assert body.picture.chosen == (ids(body).index(chosen), 1)


def test_a_view_that_was_zoomed_keeps_its_place_when_a_snapshot_joins(
    panel: EvolutionPanel, body: RunBody, replies: EvolutionReplies
) -> None:
    whole = replies.run(2, None)
    body.show_run(msgspec.structs.replace(whole, figures=whole.figures[:3]), False)
    view = body.picture.map.view
    view.setRange(xRange=(0, 2), yRange=(5, 12), padding=0)
    body.show_run(whole, True)
    np.testing.assert_allclose(view.viewRange(), [[0, 2], [5, 12]])
    QTest.keyClick(canvas(body), Qt.Key.Key_Home)
    assert body.picture.map.is_whole


def test_snapshots_of_training_that_was_left_go(panel: EvolutionPanel, shown: RunBody, host: Host) -> None:
    run = msgspec.structs.replace(panel.reader.runs[0], steps=STEPS[:2])
    panel.reader.learn_run(e.RunChanged(run=run))
    assert host.asked[-1] == e.GetRun(run=run.id, after_step=None)


def test_a_new_run_is_followed_unless_the_user_chose_another(
    panel: EvolutionPanel, body: RunBody, host: Host, replies: EvolutionReplies
) -> None:
    newer, older = replies.runs().runs
    panel.reader.learn_run(e.RunChanged(run=older, step=0))
    panel.reader.learn_run(e.RunChanged(run=newer, step=0))
    assert panel.reader.shown == newer.id
    panel.bar.run.setCurrentIndex(1)
    panel.bar.run.activated.emit(1)
    assert panel.reader.shown == older.id
    newest = msgspec.structs.replace(newer, id=77)
    panel.reader.learn_run(e.RunChanged(run=newest, step=0))
    assert panel.reader.shown == older.id
    assert panel.bar.run.currentData() == older.id


def test_what_the_forgetting_guard_found_is_told_with_details(body: RunBody, replies: EvolutionReplies) -> None:
    worse = Worse(example_id="a", input="Who\nare you?", before=0.2, after=1.5)
    guarded = GuardedPanel(
        run="r", dataset_name="old.jsonl", examples=9, scored=7, before=0.3, after=0.9, worse=(worse,)
    )
    report = Forgetting(run="x", job=1, step=33, taken_at="", seconds=1.0, panels=(guarded,))
    body.show_run(msgspec.structs.replace(replies.run(2, None), forgetting=report), False)
    assert body.examples.guard.text() == "Forgetting guard: 1 of 7 examples from before got worse."
    body.examples.guard_details.click()
    box = body.examples.findChild(QMessageBox, "guard-details")
    assert isinstance(box, QMessageBox)
    assert "old.jsonl: loss 0.3000 before, 0.9000 after (7 of 9 scored)" in box.informativeText()
    assert "0.2000 → 1.5000  Who" in box.informativeText()
    box.close()


def test_what_is_shown_is_exported(panel: EvolutionPanel, shown: RunBody, tmp_path: Path) -> None:
    panel.bar.kept.setCurrentIndex(panel.bar.kept.findData(Kept.FORGOTTEN.value))
    shown.examples.save(tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:2] == ["Example", "What became of it"]
    assert [row[1] for row in rows[1:]] == ["forgotten", "forgotten"]
    assert "2 examples saved" in shown.examples.told.text()
    shown.examples.save(tmp_path)
    assert "cannot be written" in shown.examples.told.text()


def test_curves_are_read_out_at_the_snapshot_below_the_pointer(qtbot: QtBot, shown: RunBody) -> None:
    assert "Step&nbsp;33:" in shown.legend.text()
    point_at(qtbot, shown, 2, 1)
    assert "Step&nbsp;10:" in shown.legend.text()
    assert "Step 10" in shown.readout.text()


def test_a_run_of_which_no_answer_was_asked_is_drawn_without_a_warning(
    body: RunBody, replies: EvolutionReplies, recwarn: pytest.WarningsRecorder
) -> None:
    run = replies.runs().runs[0]
    reply = replies.run(run.id, None)
    none = {"avg_similarity": None, "accuracy": None, "answered": 0}
    figures = tuple(
        msgspec.structs.replace(one, summary=msgspec.structs.replace(one.summary, **none)) for one in reply.figures
    )
    body.show_run(msgspec.structs.replace(reply, figures=figures), continues=False)
    for item in canvas(body).items():
        item.boundingRect()
    assert [str(one.message) for one in recwarn] == []


def test_the_answer_below_a_resting_pointer_is_asked_for_once(qtbot: QtBot, shown: RunBody, host: Host) -> None:
    host.asked.clear()
    shown.rest.setInterval(PATIENCE_MS)
    for row, column in ((4, 1), (3, 2), (2, 2), (2, 1)):
        point_at(qtbot, shown, row, column)
    assert host.asked == []
    shown.rest.setInterval(0)
    qtbot.waitUntil(lambda: bool(host.asked))
    assert host.asked == [e.GetAnswers(run=2, example_id=ids(shown)[2])]


def test_another_theme_repaints_what_is_missing(shown: RunBody, theme: ThemeKeeper) -> None:
    chosen = shown.picture.chosen
    theme.choose(Theme.DARK)
    assert shown.picture.map.size == (20, 4)
    assert shown.picture.chosen == chosen
    theme.choose(Theme.LIGHT)


def test_the_table_stands_below_the_picture_where_there_is_no_room_beside_it(
    qtbot: QtBot, panel: EvolutionPanel, shown: RunBody
) -> None:
    assert shown.split.orientation() is Qt.Orientation.Horizontal
    panel.resize(500, 600)
    qtbot.waitUntil(lambda: shown.split.orientation() is Qt.Orientation.Vertical)


def test_the_view_of_one_example_stands_below_the_table(panel: EvolutionPanel, theme: ThemeKeeper, host: Host) -> None:
    view = QWidget()
    panel.put_example_view(view)
    body = RunBody(theme)
    panel.use_body(body)
    assert body.side.widget(1) is view


def test_ten_thousand_examples_are_shown(panel: EvolutionPanel, body: RunBody, replies: EvolutionReplies) -> None:
    reply = replies.run(2, None)
    count = 10_000
    examples = tuple(
        msgspec.structs.replace(reply.examples[number % 20], example_id=f"{number:032x}", line=number)
        for number in range(count)
    )
    figures = tuple(
        msgspec.structs.replace(
            one,
            losses=one.losses * (count // 20),
            similarities=one.similarities * (count // 20),
            right=one.right * (count // 20),
        )
        for one in reply.figures
    )
    body.show_run(msgspec.structs.replace(reply, examples=examples, figures=figures), False)
    QApplication.processEvents()
    assert body.picture.map.size == (count, 4)
    panel.bar.wanted.setText("question 12:")
    assert len(in_table(body)) == count // 20
