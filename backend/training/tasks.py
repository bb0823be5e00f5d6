"""Short work for an engine that is not training: importing a model, answering a question."""

import collections
import logging

from backend.control.board import Board
from backend.errors import Refused, UserError
from backend.library.shelf import Shelf
from backend.outbox import Outbox
from backend.protocol.engine import Answered, Ask, ImportModel, ModelImported, TaskFailed
from backend.protocol.host import Answer, Notice
from backend.supervisor.engine import Engine
from backend.training.trainer import Trainer

log = logging.getLogger(__name__)
Task = Ask | ImportModel


class Tasks:
    """One at a time, in order. A paused engine is released first: one heavy child at a time (semantics.md 9)."""

    def __init__(self, engine: Engine, trainer: Trainer, shelf: Shelf, board: Board, outbox: Outbox) -> None:
        self._engine = engine
        self._trainer = trainer
        self._shelf = shelf
        self._board = board
        self._outbox = outbox
        self._waiting: collections.deque[Task] = collections.deque()
        self.current: Task | None = None

    @property
    def pending(self) -> bool:
        return self.current is not None or bool(self._waiting)

    def add(self, task: Task) -> None:
        """Queue a task. Raises Refused while a job trains."""
        if self._trainer.occupied:
            raise Refused("The engine is training.", "Pause or stop first.")
        self._waiting.append(task)

    def tick(self) -> None:
        """Begin the next one when the engine is free for it."""
        if self.current is not None or not self._waiting or self._engine.leaving:
            return
        if self._trainer.held is not None:
            self._trainer.release()
            return
        self.current = self._waiting.popleft()
        try:
            if not self._engine.alive:
                self._engine.start()
        except OSError as error:
            self._fail(f"The engine cannot be started: {error}.", "Run `espalier doctor`.")
            return
        self._engine.send(self.current)

    def answered(self, event: Answered) -> None:
        self._over()
        self._outbox.tell(Answer(text=event.answers[0] if event.answers else ""))

    def imported(self, event: ModelImported) -> None:
        self._over()
        try:
            self._shelf.imported(event.base)
        except UserError as error:
            self._outbox.tell(Notice(level="error", text=error.message, hint=error.hint))

    def failed(self, event: TaskFailed) -> None:
        self._fail(event.message, event.hint)

    def lost(self, code: int) -> None:
        """The engine's process is gone."""
        if self.current is not None:
            self._fail(f"The engine ended unexpectedly (exit status {code}).", "Look at logs/engine.log for the cause.")

    def _fail(self, text: str, hint: str) -> None:
        self._over()
        self._outbox.tell(Notice(level="error", text=text, hint=hint))

    def _over(self) -> None:
        self.current = None
        self._board.put(activity=None)
