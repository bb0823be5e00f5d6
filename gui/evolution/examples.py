"""The table of a run's examples, what became of them in numbers, and the forgetting guard's report."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from backend import files
from backend.domain.analysis import Fate
from backend.domain.evolution import Forgetting
from backend.errors import UserError
from gui import format as text
from gui.evolution import words
from gui.evolution.choice import CONTEXT
from gui.evolution.columns import COLUMNS
from gui.evolution.rows import ExampleRow
from gui.table.export import as_csv
from gui.table.model import RANK_ROLE, TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper


class ExampleTable(QWidget):
    """Which examples are shown is decided elsewhere; here they can be sorted by a column."""

    chosen = Signal(str)
    opened = Signal(str)
    """The example of this id was clicked twice, or Enter was pressed on it."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        model = TableModel(COLUMNS, CONTEXT, lambda row: row.example.example_id, theme, self)
        self.table = TablePanel(model, self.tr("Examples"), self.tr("No example fits. Choose other ones above."))
        self.counts, self.guard, self.told = QLabel(), QLabel(), QLabel()
        self.guard_details, self.export = QToolButton(), QToolButton()
        self._report: Forgetting | None = None
        self._is_choosing = False
        self._verbs: list[QAction] = []
        self._arrange()
        self.table.wanted.hide()
        self.table.sort_by(RANK_ROLE)
        self.table.chosen.connect(self._tell_choice)
        self.table.view.activated.connect(self._open)
        self.table.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.view.customContextMenuRequested.connect(self._show_menu)
        self.export.clicked.connect(self._choose_file)
        self.guard_details.clicked.connect(self._show_details)

    def add_verb(self, action: QAction) -> None:
        """Into the menu of the row that is chosen."""
        self._verbs.append(action)

    def menu(self) -> QMenu:
        """What can be done with the chosen rows; it ends when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(self.table.selected()) == 1:
            menu.addAction(self.tr("Show answer"), self._open)
            menu.addActions(self._verbs)
            menu.addSeparator()
        menu.addAction(self.tr("Copy"), self.table.copy)
        return menu

    def show_rows(self, rows: Sequence[ExampleRow]) -> None:
        self._is_choosing = True
        self.table.model.show(rows)
        self._is_choosing = False

    def show_counts(self, counts: Mapping[Fate, int]) -> None:
        self.counts.setText(words.counted(counts))

    def show_guard(self, report: Forgetting | None) -> None:
        self._report = report
        self.guard.setVisible(report is not None)
        self.guard_details.setVisible(report is not None and bool(report.panels))
        self.guard.setText("" if report is None else words.guarded(report))

    def choose(self, example: str | None) -> None:
        """Go to the row without telling of it."""
        selected = [row.example.example_id for row in self.table.selected()]
        if example is None or selected == [example]:
            return
        self._is_choosing = True
        self.table.select(lambda row: row.example.example_id == example)
        self._is_choosing = False

    def save(self, path: Path) -> None:
        """What is shown, with its titles, as CSV."""
        titles = [QCoreApplication.translate(CONTEXT, column.title) for column in COLUMNS]
        rows = [titles, *(self.table.cells(row) for row in self.table.passing())]
        try:
            files.write(path, as_csv(rows))
        except (UserError, OSError) as error:
            self._tell(self.tr("{path} cannot be written: {why}").format(path=path, why=error))
            return
        examples = text.count(len(rows) - 1, self.tr("example"), self.tr("examples"))
        self._tell(self.tr("{examples} saved to {path}.").format(examples=examples, path=path))

    @Slot()
    def _tell_choice(self) -> None:
        selected = self.table.selected()
        if len(selected) == 1 and not self._is_choosing:
            self.chosen.emit(selected[0].example.example_id)

    @Slot(QModelIndex)
    def _open(self) -> None:
        for row in self.table.selected()[:1]:
            self.opened.emit(row.example.example_id)

    @Slot(QPoint)
    def _show_menu(self, where: QPoint) -> None:
        if self.table.selected():
            self.menu().popup(self.table.view.viewport().mapToGlobal(where))

    @Slot()
    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Export CSV"), "evolution.csv", self.tr("CSV files (*.csv)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._save_to)
        dialog.open()

    @Slot(str)
    def _save_to(self, path: str) -> None:
        self.save(Path(path))

    @Slot()
    def _show_details(self) -> None:
        if self._report is None:
            return
        box = QMessageBox(self)
        box.setObjectName("guard-details")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("Forgetting guard"))
        box.setText(words.guarded(self._report))
        box.setInformativeText(words.guard_details(self._report))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.open()

    def _tell(self, what: str) -> None:
        self.told.setText(what)
        self.told.show()

    def _arrange(self) -> None:
        self.export.setText(self.tr("Export CSV…"))
        self.guard_details.setText(self.tr("Details…"))
        for label in (self.counts, self.guard, self.told):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.told.hide()
        self.show_guard(None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for label, button in ((self.counts, self.export), (self.guard, self.guard_details)):
            row = QHBoxLayout()
            row.addWidget(label, 1)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            layout.addLayout(row)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.told)
