"""The item model of the queue: a heading and its jobs for each group, as one table; rows move, nothing is reset.

A table and not a tree: a tree view lays out every row again after each change, which takes a second with 100,000.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from backend.domain.job import Job, waits_by_place
from gui.queue.columns import COLUMNS, CONTEXT, ORDER_COLUMN, progress, tip
from gui.queue.dragging import JOBS_MIME, Placement, carried, jobs_in
from gui.queue.groups import GROUPS, Groups, Run, group_of, rank
from gui.queue.layout import Layout

Index = QModelIndex | QPersistentModelIndex
PROGRESS_ROLE = Qt.ItemDataRole.UserRole + 1
JOB_ROLE = Qt.ItemDataRole.UserRole + 2
GROUP_ROLE = Qt.ItemDataRole.UserRole + 3
COLLAPSED_ROLE = Qt.ItemDataRole.UserRole + 4
_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ToolTipRole,
        PROGRESS_ROLE,
        JOB_ROLE,
        GROUP_ROLE,
        COLLAPSED_ROLE,
    }
)
_NO_PARENT = QModelIndex()


class QueueModel(QAbstractTableModel):
    """Each group begins with a heading row; the rows of a collapsed one are known but not shown."""

    placed = Signal(object)
    """Placement: jobs were let go somewhere else in the queue."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups = Groups()
        self._layout = Layout(self._groups)
        self._told = [0] * GROUPS
        """The sizes that the headings show: they change after the rows have, each change on its own."""

    # What it holds

    def take(self, jobs: Iterable[Job]) -> None:
        """Insert, change, move or drop the rows of these jobs."""
        latest = {job.id: job for job in jobs}
        fresh = [job for job in latest.values() if job.id not in self._groups]
        moved = [self._take_known(job) for job in latest.values() if job.id in self._groups]
        for run in self._groups.runs_of(fresh):
            self._put_in(run)
        if fresh or any(moved):
            self._order_changed()

    def jobs(self) -> list[Job]:
        """All jobs, in training order, finished ones last."""
        return [*self.waiting(), *self._groups.finished()]

    def job(self, number: int) -> Job | None:
        return self._groups.get(number)

    def waiting(self) -> list[Job]:
        """What is left to train, the next one first."""
        return self._groups.waiting()

    @property
    def waiting_count(self) -> int:
        return self._groups.waiting_count

    @property
    def waiting_rows(self) -> int:
        """Rows of training data in what is left to train."""
        return self._groups.waiting_rows

    @property
    def is_empty(self) -> bool:
        return not any(self._groups.size(group) for group in range(GROUPS))

    def group_size(self, group: int) -> int:
        return self._groups.size(group)

    def heading_index(self, group: int) -> QModelIndex:
        return self.index(self._layout.heading_row(group), 0)

    def job_index(self, number: int) -> QModelIndex:
        """Invalid for a job that is not shown."""
        found = self._groups.find(number)
        return (
            QModelIndex()
            if found is None or not self._layout.shows(found[0])
            else self.index(self._layout.row(*found), 0)
        )

    def jobs_in_rows(self, first: int, last: int) -> list[Job]:
        """The jobs of the rows from `first` to `last`, headings left out."""
        return self._layout.jobs_between(first, last)

    def toggle(self, group: int) -> None:
        """Hide or show the rows of a group."""
        first, size = self._layout.row(group, 0), self._groups.size(group)
        if not size:
            self._layout.toggle(group)
        elif self._layout.shows(group):
            self.beginRemoveRows(_NO_PARENT, first, first + size - 1)
            self._layout.toggle(group)
            self.endRemoveRows()
        else:
            self.beginInsertRows(_NO_PARENT, first, first + size - 1)
            self._layout.toggle(group)
            self.endInsertRows()
        self._heading_changed(group)

    # What Qt asks

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else self._layout.row_count

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return QCoreApplication.translate(CONTEXT, COLUMNS[section].title)
        return COLUMNS[section].alignment if role == Qt.ItemDataRole.TextAlignmentRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """No row takes drops: what is let go lands between rows."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        job = self._layout.at(index.row())[1]
        if job is None:
            return Qt.ItemFlag.ItemIsEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsDragEnabled if waits_by_place(job) else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ROLES or not index.isValid():  # a cell that is painted is asked for many more
            return None
        group, job = self._layout.at(index.row())
        if job is None:
            return self._heading_data(group, index.column(), role)
        column = COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                place = self._groups.place(job.id) if index.column() == ORDER_COLUMN else 0
                return column.shown(job, place)
            case Qt.ItemDataRole.TextAlignmentRole:
                return column.alignment
            case Qt.ItemDataRole.ToolTipRole:
                return tip(job)
            case _ if role == PROGRESS_ROLE:
                return progress(job)
            case _ if role == JOB_ROLE:
                return job
        return None

    def _heading_data(self, group: int, column: int, role: int) -> Any:
        if role == GROUP_ROLE:
            return group
        if role == COLLAPSED_ROLE:
            return not self._layout.shows(group)
        if role != Qt.ItemDataRole.DisplayRole or column != 0:
            return None
        names = [QCoreApplication.translate(CONTEXT, name) for name in ("High", "Normal", "Low", "Finished")]
        return f"{names[group]}  ·  {self._told[group]:,}"

    # Dragging

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [JOBS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        rows = sorted({index.row() for index in indexes})
        return carried([job for row in rows if (job := self._layout.at(row)[1]) is not None and waits_by_place(job)])

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        return data.hasFormat(JOBS_MIME) and self._layout.landing(row) is not None

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """The host moves the jobs; False, so that the view does not take out rows by itself."""
        landing, jobs = self._layout.landing(row), jobs_in(data)
        if landing is not None and jobs:
            priority, before = landing
            self.placed.emit(Placement(jobs=jobs, priority=priority, before=before))
        return False

    # How rows move

    def _take_known(self, job: Job) -> bool:
        """Whether a row went or moved."""
        found = self._groups.find(job.id)
        assert found is not None
        old_group, old_row = found
        group = group_of(job)
        if group is None:
            self._take_out(old_group, old_row)
            return True
        if group == old_group and rank(self._groups.at(old_group, old_row)) == rank(job):
            self._groups.replace(group, old_row, job)
            if self._layout.shows(group):
                self._rows_changed(self._layout.row(group, old_row))
            return False
        self._move(old_group, old_row, group, job)
        return True

    def _put_in(self, run: Run) -> None:
        shown = self._layout.shows(run.group)
        if shown:
            first = self._layout.row(run.group, run.at)
            self.beginInsertRows(_NO_PARENT, first, first + len(run.jobs) - 1)
        self._groups.put_in(run)
        if shown:
            self.endInsertRows()
        self._heading_changed(run.group)

    def _take_out(self, group: int, row: int) -> None:
        shown = self._layout.shows(group)
        if shown:
            self.beginRemoveRows(_NO_PARENT, self._layout.row(group, row), self._layout.row(group, row))
        self._groups.take_out(group, row)
        if shown:
            self.endRemoveRows()
        self._heading_changed(group)

    def _move(self, old_group: int, old_row: int, group: int, job: Job) -> None:
        """Qt counts the new row with the old one still in place; selections move along."""
        row = self._groups.row_for(group, job)
        start, end = self._layout.row(old_group, old_row), self._layout.row(group, row)
        if not (self._layout.shows(old_group) and self._layout.shows(group)):
            self._take_out(old_group, old_row)
            self._put_in(Run(group, self._groups.row_for(group, job), (job,)))
        elif end in (start, start + 1):
            self._replace(old_group, old_row, group, job)
            self._rows_changed(start)
        else:
            self.beginMoveRows(_NO_PARENT, start, start, _NO_PARENT, end)
            self._replace(old_group, old_row, group, job)
            self.endMoveRows()
            self._rows_changed(self.job_index(job.id).row())
            for changed in {old_group, group}:
                self._heading_changed(changed)

    def _replace(self, old_group: int, old_row: int, group: int, job: Job) -> None:
        self._groups.take_out(old_group, old_row)
        self._groups.put_in(Run(group, self._groups.row_for(group, job), (job,)))

    def _rows_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def _heading_changed(self, group: int) -> None:
        self._told[group] = self._groups.size(group)
        self._rows_changed(self._layout.heading_row(group))

    def _order_changed(self) -> None:
        """Places are counted when they are painted."""
        self.dataChanged.emit(self.index(0, ORDER_COLUMN), self.index(self.rowCount() - 1, ORDER_COLUMN))
