"""The table of records: rows come, go and change without a reset; filter, copy, export."""

from collections.abc import Sequence

import msgspec
import pytest
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.table.columns import RIGHT, Column
from gui.table.export import as_csv
from gui.table.model import TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper, Tone


class Pear(msgspec.Struct, frozen=True):
    number: int
    words: str


COLUMNS = (
    Column[Pear](key="number", title="Number", shown=lambda pear: str(pear.number), alignment=RIGHT),
    Column[Pear](
        key="words",
        title="Words",
        shown=lambda pear: pear.words,
        tone=lambda pear: Tone.BAD if pear.words == "bad" else None,
        icon=lambda pear: "error" if pear.words == "bad" else "",
    ),
)


@pytest.fixture
def model(theme: ThemeKeeper) -> TableModel[Pear]:
    made = TableModel(COLUMNS, "test", lambda pear: pear.number, theme)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


@pytest.fixture
def panel(qtbot: QtBot, model: TableModel[Pear], window: QWidget) -> TablePanel[Pear]:
    made = TablePanel(model, "Pears", "There are no pears.")
    qtbot.addWidget(made)
    made.show()
    return made


def pears(*numbers: int) -> list[Pear]:
    return [Pear(number, f"pear {number}") for number in numbers]


def content(model: TableModel[Pear]) -> list[str]:
    return [str(model.index(row, 1).data()) for row in range(model.rowCount())]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [1, 2]),
        ([1, 2], []),
        ([3, 2, 1], [5, 4, 3, 2, 1]),
        ([3, 2, 1], [3, 2, 1, 0]),
        ([4, 3, 2, 1], [4, 1]),
        ([1, 2, 3], [1, 7, 8, 3]),
        ([1, 2], [2, 1]),
        ([1, 1, 1], [1, 1]),
    ],
)
def test_whatever_is_shown_next_is_what_the_rows_hold_and_nothing_is_reset(
    model: TableModel[Pear], before: Sequence[int], after: Sequence[int]
) -> None:
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.show(pears(*before))
    model.show(pears(*after))
    assert content(model) == [f"pear {number}" for number in after]
    assert resets == []


def test_a_row_that_is_pushed_down_stays_the_same_row(model: TableModel[Pear]) -> None:
    model.show(pears(2, 1))
    kept = QPersistentModelIndex(model.index(1, 0))
    model.show(pears(4, 3, 2, 1))
    assert kept.isValid()
    assert kept.row() == 3


def test_a_record_that_changed_is_a_changed_row(model: TableModel[Pear]) -> None:
    model.show(pears(3, 2, 1))
    changed: list[int] = []
    model.dataChanged.connect(lambda first, last: changed.extend((first.row(), last.row())))
    model.show([Pear(3, "pear 3"), Pear(2, "bad"), Pear(1, "pear 1")])
    assert changed == [1, 1]
    assert content(model) == ["pear 3", "bad", "pear 1"]


def test_tone_and_icon_follow_the_record_and_the_theme(model: TableModel[Pear], theme: ThemeKeeper) -> None:
    model.show([Pear(1, "bad"), Pear(2, "good")])
    assert model.index(0, 1).data(Qt.ItemDataRole.ForegroundRole) == theme.colour(Tone.BAD)
    icon = model.index(0, 1).data(Qt.ItemDataRole.DecorationRole)
    assert isinstance(icon, QIcon)
    assert icon.pixmap(16, QIcon.Mode.Selected).toImage() != icon.pixmap(16, QIcon.Mode.Normal).toImage()
    assert model.index(1, 1).data(Qt.ItemDataRole.DecorationRole) is None
    assert model.index(0, 0).data(Qt.ItemDataRole.TextAlignmentRole) == RIGHT


def test_the_filter_wants_every_word_in_any_column(panel: TablePanel[Pear], model: TableModel[Pear]) -> None:
    model.show([Pear(1, "Green thing"), Pear(2, "green bird"), Pear(12, "red thing")])
    panel.wanted.setText("GREEN thing")
    assert [pear.number for pear in panel.passing()] == [1]
    panel.wanted.setText("2")
    assert [pear.number for pear in panel.passing()] == [2, 12]
    model.show([Pear(22, "late"), *model.records])
    assert [pear.number for pear in panel.passing()] == [22, 2, 12]
    model.show([Pear(22, "early"), *model.records[1:]])
    panel.wanted.setText("late")
    assert panel.passing() == []
    panel.wanted.setText("nowhere")
    assert panel.words == "No row has these words."
    panel.wanted.clear()
    assert (panel.words, panel.shown) == ("", 4)


def test_going_to_a_row_selects_it_alone_though_a_key_is_held(panel: TablePanel[Pear], model: TableModel[Pear]) -> None:
    model.show(pears(3, 2, 1))
    panel.select(lambda pear: pear.number == 3)
    for modifier in (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier):
        QTest.keyPress(panel.view, Qt.Key.Key_F12, modifier)
        assert QGuiApplication.keyboardModifiers() == modifier
        panel.select(lambda pear: pear.number == 1)
        assert [pear.number for pear in panel.selected()] == [1]
        panel.select(lambda pear: pear.number == 3)
    QTest.keyPress(panel.view, Qt.Key.Key_F12)
    assert [pear.number for pear in panel.selected()] == [3]


def test_an_empty_table_says_so(panel: TablePanel[Pear], model: TableModel[Pear]) -> None:
    assert panel.words == "There are no pears."
    model.show(pears(1))
    assert panel.words == ""
    model.show([])
    assert panel.words == "There are no pears."


def test_selected_rows_are_copied_in_the_order_of_the_table(panel: TablePanel[Pear], model: TableModel[Pear]) -> None:
    model.show(pears(3, 2, 1))
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in (2, 0):
        panel.view.selectionModel().select(panel.view.model().index(row, 0), rows)
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "3\tpear 3\n1\tpear 1"


def test_words_that_have_no_room_in_their_cell_are_shown_below(
    panel: TablePanel[Pear], model: TableModel[Pear]
) -> None:
    model.show([Pear(1, "short"), Pear(2, "long " * 400), Pear(3, "two\nlines")])
    shown = {}
    for row in range(3):
        panel.view.setCurrentIndex(panel.view.model().index(row, 0))
        shown[row] = panel.whole.isVisible()
    assert shown == {0: False, 1: True, 2: True}
    assert panel.whole.text() == "two\nlines"


def test_csv_quotes_what_has_commas_quotes_and_lines() -> None:
    text = as_csv([["a,b", 'say "x"', "two\nlines", "\u00e9"]])
    assert text == b'\xef\xbb\xbf"a,b","say ""x""","two\nlines",\xc3\xa9\r\n'
