"""Follows a drop from the files to the answer: copied, queued or refused, then told in one banner."""

from PySide6.QtCore import QObject, Signal, Slot

from backend.protocol.host import Enqueue, Failure, Queued, Reply
from gui.intake import Drop, RefusedFile, TakenFile
from gui.queue.answer import Answer, QueuedFile, answer


class Drops(QObject):
    """Between the intake, which stores files, and the training worker, which queues them."""

    wanted = Signal(object)
    """Drop: for the intake."""
    enqueue = Signal(object)
    """Enqueue: for the training worker."""
    answered = Signal(object)
    """Answer: the drop is through."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._under_way = 0
        self._open: list[TakenFile] = []
        self._queued: list[QueuedFile] = []
        self._refused: list[RefusedFile] = []

    @property
    def under_way(self) -> bool:
        """Whether files are still being copied or queued."""
        return self._under_way > 0 or bool(self._open)

    def begin(self, drop: Drop) -> None:
        if drop.files:
            self._under_way += 1
            self.wanted.emit(drop)

    @Slot(object)
    def take(self, file: TakenFile) -> None:
        self._open.append(file)
        self.enqueue.emit(Enqueue(dataset=file.dataset, settings=file.settings))

    @Slot(object)
    def refuse(self, file: RefusedFile) -> None:
        self._refused.append(file)

    @Slot(object, object)
    def settle(self, request: Enqueue, reply: Reply) -> None:
        """The host's answer; answers come in the order of the requests."""
        file = self._open.pop(0)
        match reply:
            case Queued():
                self._queued.append(QueuedFile(file=file, reply=reply))
            case Failure(message=message, hint=hint):
                self._refused.append(RefusedFile(path=file.path, message=message, hint=hint))
        self._tell_when_through()

    @Slot()
    def end(self) -> None:
        """The intake has handed over the last file of one drop."""
        self._under_way -= 1
        self._tell_when_through()

    def _tell_when_through(self) -> None:
        if self.under_way:
            return
        told: Answer = answer(self._queued, self._refused)
        self._queued, self._refused = [], []
        self.answered.emit(told)
