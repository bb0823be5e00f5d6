"""What the queue's actions ask of the host for the rows that are selected."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from backend.domain.job import WAITING, Priority
from backend.protocol.host import PlaceJobs, RemoveJobs
from gui.actions.catalogue import can_be_removed
from gui.queue.panel import QueuePanel


class QueueVerbs(QObject):
    """Each slot is one action of the catalogue."""

    requested = Signal(object)

    def __init__(self, panel: QueuePanel) -> None:
        super().__init__(panel)
        self._panel = panel

    @Slot()
    def to_high(self) -> None:
        self._move(Priority.HIGH)

    @Slot()
    def to_normal(self) -> None:
        self._move(Priority.NORMAL)

    @Slot()
    def to_low(self) -> None:
        self._move(Priority.LOW)

    @Slot()
    def remove(self) -> None:
        for job in self._panel.selection():
            if can_be_removed(job):
                self.requested.emit(RemoveJobs(jobs=(job.id,)))

    @Slot()
    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self._panel.selection_as_text())

    def _move(self, priority: Priority) -> None:
        for job in self._panel.selection():
            if job.state in WAITING and job.priority is not priority:
                self.requested.emit(PlaceJobs(jobs=(job.id,), priority=priority))
