"""The item model of the queue: one group for each level and one for what is finished; rows move, nothing is reset."""

import bisect
from collections.abc import Iterable
from typing import Any, overload

from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from backend.domain.job import ENDED, HOLDING, Job, JobState, Priority
from gui.queue.columns import COLUMNS, CONTEXT, progress, tip

Index = QModelIndex | QPersistentModelIndex
PROGRESS_ROLE = Qt.ItemDataRole.UserRole + 1
JOB_ROLE = Qt.ItemDataRole.UserRole + 2
GROUP_ROLE = Qt.ItemDataRole.UserRole + 3
FINISHED = len(Priority)
_NO_PARENT = QModelIndex()
_GROUP_ID = 0


class QueueModel(QAbstractItemModel):
    """Groups are the top rows, with internal id 0; a job's row bears the job's id there, so it may change group."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: list[list[Job]] = [[] for _ in range(FINISHED + 1)]
        self._held: dict[int, Job] = {}
        self._places: dict[int, int] = {}

    # What it holds

    def take(self, jobs: Iterable[Job]) -> None:
        """Insert, change, move or drop the rows of these jobs."""
        moved = [self._take_one(job) for job in jobs]
        if any(moved):
            self._renumber()

    def jobs(self) -> list[Job]:
        """All jobs, in training order, finished ones last."""
        return [*self.waiting(), *self._groups[FINISHED]]

    def job(self, job: int) -> Job | None:
        return self._held.get(job)

    def waiting(self) -> list[Job]:
        """What is left to train, the next one first."""
        flat = [job for group in self._groups[:FINISHED] for job in group]
        return [j for j in flat if j.state in HOLDING] + [j for j in flat if j.state not in HOLDING]

    def group_size(self, group: int) -> int:
        return len(self._groups[group])

    def group_index(self, group: int) -> QModelIndex:
        return self.index(group, 0)

    def job_index(self, job: int) -> QModelIndex:
        found = self._find(job)
        return self.index(found[1], 0, self.group_index(found[0])) if found else QModelIndex()

    # What Qt asks

    def index(self, row: int, column: int, parent: Index = _NO_PARENT) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._groups[parent.row()][row].id if parent.isValid() else _GROUP_ID)

    @overload
    def parent(self) -> QObject | None: ...
    @overload
    def parent(self, child: Index) -> QModelIndex: ...
    def parent(self, child: Index | None = None) -> QModelIndex | QObject | None:
        if child is None:
            return super().parent()
        held = self._held.get(child.internalId()) if child.isValid() else None
        group = _group_of(held) if held is not None else None
        return QModelIndex() if group is None else self.createIndex(group, 0, _GROUP_ID)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        if not parent.isValid():
            return len(self._groups)
        return len(self._groups[parent.row()]) if parent.internalId() == _GROUP_ID and parent.column() == 0 else 0

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return QCoreApplication.translate(CONTEXT, COLUMNS[section].title)
        return COLUMNS[section].alignment if role == Qt.ItemDataRole.TextAlignmentRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if index.internalId() == _GROUP_ID:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if index.internalId() == _GROUP_ID:
            return self._group_data(index, role)
        job = self._held[index.internalId()]
        column = COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.shown(job, self._places.get(job.id, 0))
            case Qt.ItemDataRole.TextAlignmentRole:
                return column.alignment
            case Qt.ItemDataRole.ToolTipRole:
                return tip(job)
            case _ if role == PROGRESS_ROLE:
                return progress(job)
            case _ if role == JOB_ROLE:
                return job
        return None

    def _group_data(self, index: Index, role: int) -> Any:
        if role == GROUP_ROLE:
            return index.row()
        if role != Qt.ItemDataRole.DisplayRole or index.column() != 0:
            return None
        names = [QCoreApplication.translate(CONTEXT, name) for name in ("High", "Normal", "Low", "Finished")]
        return f"{names[index.row()]}  ·  {len(self._groups[index.row()])}"

    # How rows move

    def _find(self, job: int) -> tuple[int, int] | None:
        held = self._held.get(job)
        group = _group_of(held) if held is not None else None
        if held is None or group is None:
            return None
        return group, bisect.bisect_left(self._groups[group], _rank(held), key=_rank)

    def _take_one(self, job: Job) -> bool:
        """Whether any row came, went or moved."""
        old, group = self._find(job.id), _group_of(job)
        if old is not None and old[0] == group and _rank(self._groups[group][old[1]]) == _rank(job):
            self._groups[group][old[1]] = self._held[job.id] = job
            self._row_changed(group, old[1])
            return False
        match old, group:
            case None, None:
                return False
            case None, int():
                self._put_in(group, job)
            case (int(), int()), None:
                self._take_out(*old)
            case (int(), int()), int():
                self._move(*old, group, job)
        return True

    def _put_in(self, group: int, job: Job) -> None:
        row = bisect.bisect_left(self._groups[group], _rank(job), key=_rank)
        self.beginInsertRows(self.group_index(group), row, row)
        self._groups[group].insert(row, job)
        self._held[job.id] = job
        self.endInsertRows()
        self._header_changed(group)

    def _move(self, old_group: int, old_row: int, group: int, job: Job) -> None:
        """Qt counts the new row with the old one still in place; selections move along."""
        row = bisect.bisect_left(self._groups[group], _rank(job), key=_rank)
        stays = group == old_group and row in (old_row, old_row + 1)
        if not stays:
            self.beginMoveRows(self.group_index(old_group), old_row, old_row, self.group_index(group), row)
        del self._groups[old_group][old_row]
        row -= group == old_group and row > old_row
        self._groups[group].insert(row, job)
        self._held[job.id] = job
        if not stays:
            self.endMoveRows()
        for changed in {old_group, group}:
            self._header_changed(changed)
        self._row_changed(group, row)

    def _take_out(self, group: int, row: int) -> None:
        self.beginRemoveRows(self.group_index(group), row, row)
        del self._held[self._groups[group].pop(row).id]
        self.endRemoveRows()
        self._header_changed(group)

    def _renumber(self) -> None:
        places = {job.id: place for place, job in enumerate(self.waiting(), start=1)}
        changed = [job for job in places if self._places.get(job) != places[job]]
        self._places = places
        groups = {found[0] for job in changed if (found := self._find(job)) is not None}
        for group in groups:
            parent = self.group_index(group)
            last = len(self._groups[group]) - 1
            self.dataChanged.emit(self.index(0, 0, parent), self.index(last, len(COLUMNS) - 1, parent))

    def _row_changed(self, group: int, row: int) -> None:
        parent = self.group_index(group)
        self.dataChanged.emit(self.index(row, 0, parent), self.index(row, len(COLUMNS) - 1, parent))

    def _header_changed(self, group: int) -> None:
        self.dataChanged.emit(self.group_index(group), self.group_index(group))


def _group_of(job: Job) -> int | None:
    if job.state is JobState.REMOVED:
        return None
    return FINISHED if job.state in ENDED else int(job.priority)


def _rank(job: Job) -> tuple[int, int, int]:
    """Order within a group: what is begun first, then arrival; finished ones newest first."""
    if job.state in ENDED:
        return (0, -job.id, 0)
    return (0 if job.state in HOLDING else 1, job.position, job.id)
