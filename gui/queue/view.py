"""The table that shows the queue: whole rows, headings that fold, dragging to another place."""

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QDrag, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from backend.domain.job import Job, waits_by_place
from gui.queue.columns import COLUMNS, PROGRESS_COLUMN, STATE_COLUMN
from gui.queue.drag_label import BESIDE, drag_label
from gui.queue.dragging import carried
from gui.queue.model import COLLAPSED_ROLE, GROUP_ROLE, JOB_ROLE, QueueModel
from gui.queue.rows import AIR, ProgressDelegate, RowDelegate, StateDelegate
from gui.theme import ThemeKeeper

_FOLD = (Qt.Key.Key_Left, Qt.Key.Key_Minus)
_UNFOLD = (Qt.Key.Key_Right, Qt.Key.Key_Plus)
_TOGGLE = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class QueueView(QTableView):
    """All rows are of one height, so that no number of them costs time."""

    opened = Signal(object)
    """Job: its row was double-clicked, or Return was pressed on it."""

    def __init__(self, model: QueueModel, theme: ThemeKeeper) -> None:
        super().__init__()
        self._model = model
        self.setObjectName("queue")
        self.setAccessibleName(self.tr("Queue of training files"))
        self.setModel(model)
        self.setItemDelegate(RowDelegate(theme, self))
        self.setItemDelegateForColumn(STATE_COLUMN, StateDelegate(theme, self))
        self.setItemDelegateForColumn(PROGRESS_COLUMN, ProgressDelegate(theme, self))
        self._shape()
        self._arrange_headers()
        self._allow_dragging()
        self.clicked.connect(self._fold_clicked)
        self.doubleClicked.connect(self._open)

    def selected_jobs(self) -> tuple[Job, ...]:
        """In the order of their rows."""
        chosen = self.selectionModel().selection()
        ranges = {(chosen.at(i).top(), chosen.at(i).bottom()) for i in range(chosen.count())}
        return tuple(job for top, bottom in sorted(ranges) for job in self._model.jobs_in_rows(top, bottom))

    def fix_first_column(self) -> None:
        """The file's name takes the room that the other columns leave."""
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        jobs = [job for job in self.selected_jobs() if waits_by_place(job)]
        if not jobs:
            return
        drag = QDrag(self)
        drag.setMimeData(carried(jobs))
        drag.setPixmap(drag_label(jobs, self))
        drag.setHotSpot(BESIDE)
        drag.exec(Qt.DropAction.MoveAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current, key = self.currentIndex(), event.key()
        group = current.siblingAtColumn(0).data(GROUP_ROLE)
        if group is None:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._open(current)
            else:
                super().keyPressEvent(event)
            return
        folded = bool(current.siblingAtColumn(0).data(COLLAPSED_ROLE))
        if key in _TOGGLE or (key in _FOLD and not folded) or (key in _UNFOLD and folded):
            self._model.toggle(group)
        else:
            super().keyPressEvent(event)

    def _shape(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _arrange_headers(self) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.setVisible(False)
        rows.setMinimumSectionSize(1)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + AIR)
        columns.setHighlightSections(False)
        columns.setSectionsMovable(False)
        columns.setMinimumSectionSize(34)
        for section, column in enumerate(COLUMNS):
            self.setColumnWidth(section, column.width)
        self.fix_first_column()

    def _allow_dragging(self) -> None:
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDragDropOverwriteMode(False)

    @Slot(QModelIndex)
    def _fold_clicked(self, index: QModelIndex) -> None:
        group = index.siblingAtColumn(0).data(GROUP_ROLE)
        if group is not None:
            self._model.toggle(group)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if isinstance(job := index.data(JOB_ROLE), Job):
            self.opened.emit(job)
