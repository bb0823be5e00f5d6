"""Work for an engine that is not training: importing a model, answering a question, merging a version."""

import collections
import logging
from collections.abc import Callable
from typing import Any

from backend.control.board import Board
from backend.errors import ExitStatus, Refused, UserError
from backend.library.shelf import Shelf
from backend.operations.work import BROKEN_OFF, Cancelled
from backend.outbox import Outbox
from backend.protocol.engine import (
    Activity,
    Answered,
    Ask,
    CancelMerge,
    ImportModel,
    Merge,
    Merged,
    MergeFailed,
    ModelImported,
    TaskFailed,
)
from backend.protocol.host import Answer, Notice
from backend.runtime.interpreter import WAY_OUT, RuntimeUnusable
from backend.supervisor.engine import Engine
from backend.training.trainer import Trainer

log = logging.getLogger(__name__)
Task = Ask | ImportModel | Merge
OnEnd = Callable[[Any, UserError | None], object]
"""Told the result, or the error that stands in its place."""


class Tasks:
    """One at a time, in order. A paused engine is released first: one heavy child at a time (semantics.md 9)."""

    def __init__(
        self,
        engine: Engine,
        trainer: Trainer,
        shelf: Shelf,
        board: Board,
        outbox: Outbox,
        python: Callable[[], str] = str,
    ) -> None:
        """Args: python: what the engine was started on (Launcher.python)."""
        self._engine = engine
        self._trainer = trainer
        self._shelf = shelf
        self._board = board
        self._outbox = outbox
        self._python = python
        self._waiting: collections.deque[Task] = collections.deque()
        self.current: Task | None = None
        self._on_end: OnEnd | None = None
        """Who waits for the merge."""
        self._on_progress: Callable[[Activity], object] | None = None

    @property
    def pending(self) -> bool:
        return self.current is not None or bool(self._waiting)

    def add(self, task: Task) -> None:
        """Queue a task. Raises Refused while a job trains."""
        if self._trainer.occupied:
            raise Refused("The engine is training.", "Pause or stop first.")
        self._waiting.append(task)

    def put(self, merge: Merge, on_end: OnEnd, on_progress: Callable[[Activity], object]) -> None:
        """Queue a merge for an operation that holds the head, so that nothing trains meanwhile."""
        self._waiting.append(merge)
        self._on_end = on_end
        self._on_progress = on_progress

    def cancel_merge(self, operation: int) -> None:
        """Have the engine break it off; one that the engine was not told of yet is never begun."""
        waiting = next(
            (task for task in self._waiting if isinstance(task, Merge) and task.operation == operation), None
        )
        if waiting is not None:
            self._waiting.remove(waiting)
            self._tell_waiting(None, Cancelled(BROKEN_OFF))
        else:
            self._engine.send(CancelMerge(operation=operation))

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
        except RuntimeUnusable as error:
            self._fail(error.message, error.hint)
            return
        except OSError as error:
            self._fail(f"The engine cannot be started: {error}.", "Run `espalier doctor`.")
            return
        self._engine.send(self.current)

    def learn_activity(self, event: Activity) -> None:
        """What takes time in a merge is progress of its operation."""
        if isinstance(self.current, Merge) and self._on_progress is not None:
            self._on_progress(event)

    def answered(self, event: Answered) -> None:
        self._over()
        self._outbox.tell(Answer(text=event.answers[0] if event.answers else ""))

    def imported(self, event: ModelImported) -> None:
        self._over()
        try:
            self._shelf.imported(event.base)
        except UserError as error:
            self._outbox.tell(Notice(level="error", text=error.message, hint=error.hint))

    def merged(self, event: Merged) -> None:
        self._over()
        self._tell_waiting(event, None)

    def merge_failed(self, event: MergeFailed) -> None:
        """The operation gets the error, figures of the gate with it."""
        self._over()
        self._tell_waiting(None, Cancelled(event.message, event.hint) if event.cancelled else MergeRefused(event))

    def failed(self, event: TaskFailed) -> None:
        self._fail(event.message, event.hint)

    def lost(self, code: int) -> None:
        """The engine's process is gone."""
        if self.current is not None:
            where, hint = "", "Look at logs/engine.log for the cause."
            if python := self._python():
                where, hint = f" on your own Python, {python}", f"`espalier runtime check` tries that one. {WAY_OUT}"
            self._fail(f"The engine ended unexpectedly{where} (exit status {code}).", hint)

    def _fail(self, text: str, hint: str) -> None:
        was_merge = isinstance(self.current, Merge)
        self._over()
        if was_merge:
            self._tell_waiting(None, UserError(text, hint))
            return
        self._outbox.tell(Notice(level="error", text=text, hint=hint))

    def _tell_waiting(self, result: Any, error: UserError | None) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end(result, error)

    def _over(self) -> None:
        self.current = None
        self._board.put(activity=None)


class MergeRefused(UserError):
    """The engine made no version; `event` has the figures where the merge was measured."""

    def __init__(self, event: MergeFailed) -> None:
        super().__init__(event.message, event.hint)
        self.exit_status = ExitStatus(event.exit_status)
        self.event = event
