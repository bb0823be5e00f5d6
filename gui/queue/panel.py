"""The queue on the left: three levels and what is finished, or an invitation where nothing is in it."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QByteArray, QItemSelection, QItemSelectionModel, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from backend.domain.job import HOLDING, Job
from gui import format as text
from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId
from gui.queue.columns import COLUMNS
from gui.queue.empty import EmptyQueue
from gui.queue.feeding import Feeding
from gui.queue.model import QueueModel
from gui.queue.view import QueueView
from gui.theme import ThemeKeeper

_KEYS_OF_ITS_OWN = (
    ActionId.COPY,
    ActionId.REMOVE,
    ActionId.MOVE_UP,
    ActionId.MOVE_DOWN,
    ActionId.MOVE_TOP,
    ActionId.MOVE_BOTTOM,
)
"""Their keys mean something else elsewhere."""
_BUTTONS = (
    ActionId.MOVE_TOP,
    ActionId.MOVE_UP,
    ActionId.MOVE_DOWN,
    ActionId.MOVE_BOTTOM,
    ActionId.PREVIEW,
    ActionId.REMOVE,
)
_BUTTON = 26
_MENU = (
    ActionId.PREVIEW,
    ActionId.JOB_SETTINGS,
    ActionId.JOB_HISTORY,
    None,
    ActionId.MOVE_TOP,
    ActionId.MOVE_UP,
    ActionId.MOVE_DOWN,
    ActionId.MOVE_BOTTOM,
    None,
    ActionId.TO_HIGH,
    ActionId.TO_NORMAL,
    ActionId.TO_LOW,
    None,
    ActionId.RETRY,
    ActionId.COPY,
    None,
    ActionId.REMOVE,
)


class QueuePanel(QWidget):
    """Shows what it is told; says only what is selected, and where rows were dragged."""

    selected = Signal(object)
    """tuple[Job, ...]"""
    counted = Signal(int)
    """How many files are left to train."""

    def __init__(self, actions: Actions, theme: ThemeKeeper) -> None:
        super().__init__()
        self._actions = actions
        self._selection: tuple[Job, ...] = ()
        self.model = QueueModel(self)
        self.view = QueueView(self.model, theme)
        self._feeding = Feeding(self.model, self)
        self._summary = QLabel()
        self._summary.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyQueue(actions))
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._make_head())
        layout.addWidget(self._stack)
        self._feeding.fed.connect(self._show_what_there_is)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.selectionModel().selectionChanged.connect(self._say_selection)
        for verb in _KEYS_OF_ITS_OWN:
            self._actions[verb].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.view.addAction(self._actions[verb])

    @property
    def invites(self) -> bool:
        """Whether it shows what to drop instead of rows."""
        return self._stack.currentIndex() == 0

    def show_jobs(self, jobs: Sequence[Job]) -> None:
        """Take in new facts about some jobs."""
        self._feeding.add(jobs)

    def show_step(self, job: int | None, step: int | None, total: int | None) -> None:
        """The begun job moves with every step, although its row is stored only now and then."""
        held = self.model.job(job) if job is not None else None
        if held is not None and step is not None and held.state in HOLDING and held.step != step:
            self.model.take((msgspec.structs.replace(held, step=step, total_steps=total or held.total_steps),))

    def selection(self) -> tuple[Job, ...]:
        return self.view.selected_jobs()

    def select(self, jobs: Sequence[int]) -> None:
        chosen = QItemSelection()
        for job in jobs:
            index = self.model.job_index(job)
            chosen.select(index, index)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.view.selectionModel().select(chosen, flags)

    def columns(self) -> QByteArray:
        """The widths of the columns, for `restore_columns` at the next start."""
        return self.view.horizontalHeader().saveState()

    def restore_columns(self, state: QByteArray) -> None:
        self.view.horizontalHeader().restoreState(state)
        self.view.fix_first_column()

    def selection_as_text(self) -> str:
        """The selected rows with tabs between the columns, for the clipboard."""
        rows = [self.model.job_index(job.id) for job in self.selection()]
        return "\n".join("\t".join(str(i.siblingAtColumn(c).data() or "") for c in range(len(COLUMNS))) for i in rows)

    def _make_head(self) -> QHBoxLayout:
        title = QLabel(self.tr("Queue"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        head = QHBoxLayout()
        head.setContentsMargins(10, 5, 10, 3)
        head.setSpacing(1)
        head.addWidget(title)
        head.addSpacing(8)
        for verb in _BUTTONS:
            button = QToolButton()
            button.setDefaultAction(self._actions[verb])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAutoRaise(True)
            button.setFixedSize(_BUTTON, _BUTTON)  # before it has its icon it would ask for the room of its words
            head.addWidget(button)
        head.addStretch()
        head.addWidget(self._summary)
        return head

    @Slot()
    def _show_what_there_is(self) -> None:
        self._stack.setCurrentIndex(0 if self.model.is_empty else 1)
        waiting = self.model.waiting_count
        rows = text.count(self.model.waiting_rows, self.tr("row"), self.tr("rows"))
        files = text.count(waiting, self.tr("file"), self.tr("files"))
        self._summary.setText(f"{files} · {rows}" if waiting else "")
        self.counted.emit(waiting)
        self._say_selection()

    @Slot()
    def _say_selection(self) -> None:
        """Also when a selected job became another, for what can be done with it depends on its state."""
        selection = self.selection()
        if selection != self._selection:
            self._selection = selection
            self.selected.emit(selection)

    @Slot(QPoint)
    def _open_menu(self, where: QPoint) -> None:
        if not self._selection:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in _MENU:
            menu.addAction(self._actions[entry] if entry else _separator(menu))
        menu.popup(self.view.viewport().mapToGlobal(where))


def _separator(menu: QMenu) -> QAction:
    separator = QAction(menu)
    separator.setSeparator(True)
    return separator
