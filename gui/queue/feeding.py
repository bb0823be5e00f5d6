"""Hands very many rows to the queue's model in slices, so that the window answers in between."""

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from backend.domain.job import Job
from gui.queue.model import QueueModel

SLICE = 1000
"""Rows at a time: a few milliseconds each."""


class Feeding(QObject):
    """Facts stay in their order: what comes later waits behind what is still to be shown."""

    fed = Signal()
    """The model has taken some rows."""

    def __init__(self, model: QueueModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._left: deque[Sequence[Job]] = deque()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._feed)

    def add(self, jobs: Sequence[Job]) -> None:
        """Show these jobs as they now are; the first slice at once, where nothing waits before it."""
        self._left.extend(jobs[start : start + SLICE] for start in range(0, len(jobs), SLICE))
        if self._left and not self._timer.isActive():
            self._feed()

    @Slot()
    def _feed(self) -> None:
        self._model.take(self._left.popleft())
        if self._left and not self._timer.isActive():
            self._timer.start()
        elif not self._left:
            self._timer.stop()
        self.fed.emit()
