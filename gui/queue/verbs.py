"""What the queue's actions ask of the host for the rows that are selected."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from backend.domain.job import Priority, waits_by_place
from backend.protocol.host import Direction, MoveJobs, PlaceJobs, RetryJobs
from gui.actions.catalogue import can_be_removed, can_be_retried
from gui.queue.dragging import Placement
from gui.queue.panel import QueuePanel
from gui.queue.removals import Removals


class QueueVerbs(QObject):
    """Each slot is one action of the catalogue, and one request whatever the number of rows."""

    requested = Signal(object)

    def __init__(self, panel: QueuePanel, removals: Removals) -> None:
        super().__init__(panel)
        self._panel = panel
        self._removals = removals

    @Slot()
    def to_high(self) -> None:
        self._set_level(Priority.HIGH)

    @Slot()
    def to_normal(self) -> None:
        self._set_level(Priority.NORMAL)

    @Slot()
    def to_low(self) -> None:
        self._set_level(Priority.LOW)

    @Slot()
    def move_top(self) -> None:
        self._move(Direction.TOP)

    @Slot()
    def move_up(self) -> None:
        self._move(Direction.UP)

    @Slot()
    def move_down(self) -> None:
        self._move(Direction.DOWN)

    @Slot()
    def move_bottom(self) -> None:
        self._move(Direction.BOTTOM)

    @Slot(object)
    def place(self, placement: Placement) -> None:
        """Rows were dragged to another place."""
        self.requested.emit(PlaceJobs(jobs=placement.jobs, priority=placement.priority, before=placement.before))

    @Slot()
    def retry(self) -> None:
        if jobs := tuple(job.id for job in self._panel.selection() if can_be_retried(job)):
            self.requested.emit(RetryJobs(jobs=jobs))

    @Slot()
    def remove(self) -> None:
        self._removals.remove([job for job in self._panel.selection() if can_be_removed(job)])

    @Slot()
    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self._panel.selection_as_text())

    def _move(self, direction: Direction) -> None:
        if jobs := tuple(job.id for job in self._panel.selection() if waits_by_place(job)):
            self.requested.emit(MoveJobs(jobs=jobs, direction=direction))

    def _set_level(self, priority: Priority) -> None:
        chosen = [job for job in self._panel.selection() if waits_by_place(job) and job.priority is not priority]
        if chosen:
            self.requested.emit(PlaceJobs(jobs=tuple(job.id for job in chosen), priority=priority))
