"""What the window knows for certain at one moment; every button's state is computed from this alone."""

import os
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from backend.domain.head import Base
from backend.domain.job import Job
from backend.domain.operation import Operation, OperationKind, OperationState
from backend.domain.status import BUSY, HostState, Status
from backend.protocol.host import MovesChanged

HOLDERS = frozenset({OperationKind.CONSOLIDATE, OperationKind.RESTORE, OperationKind.RESTORE_BACKUP})
"""Operations during which no training begins and nothing is undone."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot; a new one replaces it whenever something becomes a fact."""

    open: bool = False
    """The host answers."""
    status: Status = Status()
    base: Base | None = None
    adding_base: bool = False
    to_train: int = 0
    """Jobs that wait or are begun."""
    selected: tuple[Job, ...] = ()
    removed: int = 0
    """Files that the last removal took out of the queue and that Undo puts back."""
    undo_words: str | None = None
    """What undo would take back, for example "training of a.jsonl"; None where there is nothing."""
    redo_words: str | None = None
    operation: Operation | None = None
    """The long one that is under way."""

    @property
    def remote(self) -> bool:
        """The host is another program, such as a daemon."""
        return self.status.pid is not None and self.status.pid != os.getpid()

    @property
    def busy(self) -> bool:
        return self.status.state in BUSY

    @property
    def head_held(self) -> bool:
        """An operation moves the head, and nothing else may until it has ended."""
        return self.operation is not None and self.operation.kind in HOLDERS

    @property
    def own_operation(self) -> bool:
        """An operation is under way that ends with this program."""
        return self.operation is not None and not self.remote

    @property
    def in_hand(self) -> bool:
        """A file is being trained, or paused in the middle."""
        return self.busy or (self.status.state is HostState.PAUSED and self.status.job is not None)


class FactsKeeper(QObject):
    """Holds the latest facts and tells whenever one of them changes."""

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.now = Facts()

    def learn(self, **facts: Any) -> None:
        """Replace some fields of `Facts`; unknown names are a bug and raise."""
        learned = msgspec.structs.replace(self.now, **facts)
        if learned != self.now:
            self.now = learned
            self.changed.emit(learned)

    @Slot(object)
    def learn_status(self, status: Status) -> None:
        self.learn(status=status)

    @Slot(object)
    def learn_selection(self, jobs: tuple[Job, ...]) -> None:
        self.learn(selected=jobs)

    @Slot(int)
    def learn_count(self, to_train: int) -> None:
        self.learn(to_train=to_train)

    @Slot(int)
    def learn_removed(self, removed: int) -> None:
        self.learn(removed=removed)

    @Slot(object)
    def learn_operation(self, operation: Operation) -> None:
        """Over, it is no fact any more."""
        self.learn(operation=operation if operation.state is OperationState.RUNNING else None)

    @Slot(object)
    def learn_moves(self, moves: MovesChanged) -> None:
        self.learn(undo_words=moves.undo, redo_words=moves.redo)
