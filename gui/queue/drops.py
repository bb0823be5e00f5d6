"""Follows a drop from the files to the answer: copied, queued or refused, then told in one banner."""

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from backend.protocol.host import Enqueue, EnqueueMany, Failure, Queued, QueuedMany, Reply, Request
from gui.intake import Drop, RefusedFile, TakenFile
from gui.queue.answer import Answer, QueuedFile, answer


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """A stored file whose content waits in the queue already, and the host's words about it."""

    file: TakenFile
    words: str


class Drops(QObject):
    """Between the intake, which stores files, and the training worker, which queues them."""

    wanted = Signal(object)
    """Drop: for the intake."""
    asked = Signal(object)
    """EnqueueMany: for the training worker."""
    answered = Signal(object)
    """Answer: the drop is through."""
    doubtful = Signal(object)
    """tuple[Twin, ...]: somebody has to say whether these shall be trained twice."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._under_way = 0
        self._open: list[tuple[TakenFile, ...]] = []
        self._queued: list[QueuedFile] = []
        self._refused: list[RefusedFile] = []
        self._twins: list[Twin] = []

    @property
    def under_way(self) -> bool:
        """Whether files are still being copied or queued."""
        return self._under_way > 0 or bool(self._open)

    def begin(self, drop: Drop) -> None:
        if drop.files:
            self._under_way += 1
            self.wanted.emit(drop)

    @Slot(object)
    def take(self, files: tuple[TakenFile, ...]) -> None:
        self._ask(files, twice=False)

    @Slot(object)
    def refuse(self, file: RefusedFile) -> None:
        self._refused.append(file)

    @Slot(object)
    def queue_twice(self, twins: tuple[Twin, ...]) -> None:
        """The user wants them trained again."""
        self._ask(tuple(twin.file for twin in twins), twice=True)

    @Slot(object, object)
    def settle(self, request: Request, reply: Reply) -> None:
        """The host's answer; answers come in the order of the requests."""
        if not isinstance(request, EnqueueMany):
            return
        files = self._open.pop(0)
        match reply:
            case QueuedMany(outcomes=outcomes):
                for file, outcome in zip(files, outcomes, strict=True):
                    self._settle_one(file, outcome)
            case Failure():
                for file in files:
                    self._settle_one(file, reply)
        self._tell_when_through()

    @Slot()
    def end(self) -> None:
        """The intake has handed over the last file of one drop."""
        self._under_way -= 1
        self._tell_when_through()

    def _ask(self, files: tuple[TakenFile, ...], *, twice: bool) -> None:
        self._open.append(files)
        items = (
            Enqueue(dataset=f.dataset, priority=f.priority, settings=f.settings, allow_duplicate=twice) for f in files
        )
        self.asked.emit(EnqueueMany(items=tuple(items)))

    def _settle_one(self, file: TakenFile, outcome: Queued | Failure) -> None:
        if isinstance(outcome, Queued):
            self._queued.append(QueuedFile(file=file, reply=outcome))
        elif outcome.twin is not None:
            self._twins.append(Twin(file=file, words=outcome.message))
        else:
            self._refused.append(RefusedFile(path=file.path, message=outcome.message, hint=outcome.hint))

    def _tell_when_through(self) -> None:
        if self.under_way:
            return
        queued, refused, twins = self._queued, self._refused, tuple(self._twins)
        self._queued, self._refused, self._twins = [], [], []
        told: Answer = answer(queued, refused, doubtful=len(twins))
        self.answered.emit(told)
        if twins:
            self.doubtful.emit(twins)
