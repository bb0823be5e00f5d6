"""Follows a drop from the files to the answer: copied, queued or refused, then told in one banner."""

import logging

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from backend.protocol.host import Enqueue, EnqueueMany, Failure, Queued, QueuedMany, Reply, Request
from gui.intake import Copying, Drop, RefusedFile, TakenFile
from gui.queue.answer import Answer, QueuedFile, answer

log = logging.getLogger(__name__)


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """How far the files are that are under way: the n-th of m, over all drops that wait for their answer."""

    number: int
    total: int


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
    moved = Signal(object)
    """Copied, or None when nothing is under way any more."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sizes: list[int] = []
        """Files in each drop that the intake has still to go through, the current one first."""
        self._passed = 0
        self._number = 0
        self._missing = 0
        """Files that the intake has neither taken nor refused."""
        self._open: list[tuple[TakenFile, ...]] = []
        self._queued: list[QueuedFile] = []
        self._refused: list[RefusedFile] = []
        self._twins: list[Twin] = []

    @property
    def under_way(self) -> bool:
        """Whether files are still being copied or queued."""
        return bool(self._sizes or self._open)

    @property
    def copied(self) -> Copied | None:
        """None when nothing is under way."""
        if not self.under_way:
            return None
        total = self._passed + sum(self._sizes)
        return Copied(number=min(total, self._passed + max(1, self._number)), total=total)

    def begin(self, drop: Drop) -> None:
        if drop.files:
            self._sizes.append(len(drop.files))
            self._missing += len(drop.files)
            self.moved.emit(self.copied)
            self.wanted.emit(drop)

    @Slot(object)
    def follow(self, copying: Copying) -> None:
        """The intake has come to this file of the current drop."""
        self._number = copying.number
        self.moved.emit(self.copied)

    @Slot(object)
    def take(self, files: tuple[TakenFile, ...]) -> None:
        self._missing -= len(files)
        self._ask(files, twice=False)

    @Slot(object)
    def refuse(self, file: RefusedFile) -> None:
        self._missing -= 1
        self._refused.append(file)

    @Slot(object)
    def queue_twice(self, twins: tuple[Twin, ...]) -> None:
        """The user wants them trained again."""
        self._passed += len(twins)
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
        self._passed += self._sizes.pop(0)
        self._number = 0
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
        if self._missing:
            log.warning("%d of %d files were left out: their copying was not finished.", self._missing, self._passed)
        queued, refused, twins = self._queued, self._refused, tuple(self._twins)
        self._queued, self._refused, self._twins = [], [], []
        self._passed = self._missing = 0
        if queued or refused or twins:
            told: Answer = answer(queued, refused, doubtful=len(twins))
            self.answered.emit(told)
        if twins:
            self.doubtful.emit(twins)
        self.moved.emit(None)
