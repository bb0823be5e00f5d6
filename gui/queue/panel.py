"""The queue on the left: a tree of three levels, or an invitation where nothing is in it."""

from collections.abc import Iterable, Sequence

import msgspec
from PySide6.QtCore import QByteArray, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from backend.domain.job import HOLDING, Job
from gui import format as text
from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId
from gui.queue.columns import COLUMNS, PROGRESS_COLUMN, STATE_COLUMN
from gui.queue.empty import EmptyQueue
from gui.queue.model import FINISHED, JOB_ROLE, QueueModel
from gui.queue.rows import ProgressDelegate, RowDelegate, StateDelegate
from gui.theme import ThemeKeeper

_MENU = (
    ActionId.PREVIEW,
    None,
    ActionId.TO_HIGH,
    ActionId.TO_NORMAL,
    ActionId.TO_LOW,
    None,
    ActionId.COPY,
    None,
    ActionId.REMOVE,
)


class QueuePanel(QWidget):
    """Shows what it is told; says only what is selected."""

    selected = Signal(object)
    """tuple[Job, ...]"""
    opened = Signal(object)
    """Job: its row was double-clicked."""

    def __init__(self, actions: Actions, theme: ThemeKeeper) -> None:
        super().__init__()
        self._actions = actions
        self._theme = theme
        self.model = QueueModel(self)
        self.view = self._make_view()
        self._summary = QLabel()
        self._summary.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyQueue(actions))
        self._stack.addWidget(self.view)
        title = QLabel(self.tr("Queue"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        head = QHBoxLayout()
        head.setContentsMargins(10, 8, 10, 6)
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self._summary)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._stack)
        self._show_what_there_is()

    @property
    def invites(self) -> bool:
        """Whether it shows what to drop instead of rows."""
        return self._stack.currentIndex() == 0

    def show_jobs(self, jobs: Iterable[Job]) -> None:
        """Take in new facts about some jobs."""
        before = [self.model.group_size(group) for group in range(FINISHED + 1)]
        self.model.take(jobs)
        after = [self.model.group_size(group) for group in range(FINISHED + 1)]
        if before != after:
            self._show_what_there_is()
        self._sum_up()
        self._say_selection()

    def show_step(self, job: int | None, step: int | None, total: int | None) -> None:
        """The begun job moves with every step, although its row is stored only now and then."""
        held = self.model.job(job) if job is not None else None
        if held is not None and step is not None and held.state in HOLDING and held.step != step:
            self.model.take((msgspec.structs.replace(held, step=step, total_steps=total or held.total_steps),))

    def selection(self) -> tuple[Job, ...]:
        rows = self.view.selectionModel().selectedRows()
        jobs = [index.data(JOB_ROLE) for index in rows]
        return tuple(job for job in jobs if isinstance(job, Job))

    def select(self, jobs: Sequence[int]) -> None:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        self.view.selectionModel().clearSelection()
        for job in jobs:
            self.view.selectionModel().select(self.model.job_index(job), flags)

    def columns(self) -> QByteArray:
        """The widths of the columns, for `restore_columns` at the next start."""
        return self.view.header().saveState()

    def restore_columns(self, state: QByteArray) -> None:
        self.view.header().restoreState(state)
        self.view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def selection_as_text(self) -> str:
        """The selected rows with tabs between the columns, for the clipboard."""
        rows = self.view.selectionModel().selectedRows()
        return "\n".join("\t".join(str(i.siblingAtColumn(c).data() or "") for c in range(len(COLUMNS))) for i in rows)

    def _make_view(self) -> QTreeView:
        view = QTreeView()
        view.setObjectName("queue")
        view.setAccessibleName(self.tr("Queue of training files"))
        view.setModel(self.model)
        view.setItemDelegate(RowDelegate(self._theme, view))
        view.setItemDelegateForColumn(STATE_COLUMN, StateDelegate(self._theme, view))
        view.setItemDelegateForColumn(PROGRESS_COLUMN, ProgressDelegate(self._theme, view))
        view.setUniformRowHeights(True)
        view.setAlternatingRowColors(True)
        view.setRootIsDecorated(True)
        view.setIndentation(14)
        view.setAllColumnsShowFocus(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        view.setFrameShape(QTreeView.Shape.NoFrame)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open_menu)
        view.doubleClicked.connect(self._open)
        for verb in (ActionId.COPY, ActionId.REMOVE):  # their keys mean something else elsewhere
            self._actions[verb].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            view.addAction(self._actions[verb])
        view.header().setStretchLastSection(False)
        for section, column in enumerate(COLUMNS):
            view.setColumnWidth(section, column.width)
        view.header().setMinimumSectionSize(34)
        view.header().setSectionsMovable(False)
        view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        view.expandAll()
        view.selectionModel().selectionChanged.connect(self._say_selection)
        return view

    def _show_what_there_is(self) -> None:
        """Groups without rows are hidden, for an empty level says nothing."""
        sizes = [self.model.group_size(group) for group in range(FINISHED + 1)]
        for group, size in enumerate(sizes):
            fresh = size > 0 and self.view.isRowHidden(group, QModelIndex())
            self.view.setRowHidden(group, QModelIndex(), size == 0)
            self.view.setFirstColumnSpanned(group, QModelIndex(), True)
            if fresh:
                self.view.expand(self.model.group_index(group))
        self._stack.setCurrentIndex(1 if any(sizes) else 0)

    def _sum_up(self) -> None:
        waiting = self.model.waiting()
        rows = text.count(sum(job.rows for job in waiting), self.tr("row"), self.tr("rows"))
        files = text.count(len(waiting), self.tr("file"), self.tr("files"))
        self._summary.setText(f"{files} · {rows}" if waiting else "")

    @Slot()
    def _say_selection(self) -> None:
        self.selected.emit(self.selection())

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if isinstance(job := index.data(JOB_ROLE), Job):
            self.opened.emit(job)

    @Slot(QPoint)
    def _open_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in _MENU:
            menu.addAction(self._actions[entry] if entry else _separator(menu))
        menu.popup(self.view.viewport().mapToGlobal(where))


def _separator(menu: QMenu) -> QAction:
    separator = QAction(menu)
    separator.setSeparator(True)
    return separator
