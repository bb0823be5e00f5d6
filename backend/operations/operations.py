"""Runs one operation at a time and keeps its journal; the host's thread lets it go on as facts allow."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import msgspec

from backend.clock import utc_now
from backend.control.board import Board
from backend.domain.operation import Operation, OperationKind, OperationState
from backend.errors import ExitStatus, NoSpace, Refused, UserError, WrongUse
from backend.operations.work import BROKEN_OFF, Cancelled, Merging, Progress, Steps, Work
from backend.outbox import Outbox
from backend.protocol.engine import Activity
from backend.protocol.host import Notice
from backend.protocol.keeping import OperationChanged
from backend.store.operations import Unfinished
from backend.store.store import Store
from backend.training.tasks import Tasks
from backend.training.trainer import Trainer

log = logging.getLogger(__name__)
TELL_SECONDS = 0.1
INTERRUPTED = "The program ended in the middle of it; nothing was changed."


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an operation that never ended: done after all, or taken back."""

    done: bool
    text: str


Recoverers = Mapping[OperationKind, Callable[[Unfinished], Recovered]]
"""Each rolls an operation forward or back. Doing it twice equals doing it once."""


class Operations:
    """`begin` and `cancel` answer requests; `tick` does what can be done now."""

    def __init__(self, store: Store, outbox: Outbox, trainer: Trainer, tasks: Tasks, board: Board) -> None:
        self._store = store
        self._outbox = outbox
        self._trainer = trainer
        self._tasks = tasks
        self._board = board
        self._current: Operation | None = None
        self._steps: Steps | None = None
        self._holds_head = False
        self._progress = Progress()
        self._thread = ThreadPoolExecutor(1, "operation")
        self._work: Future[Any] | None = None
        self._merging: Merging | None = None
        self._outcome: tuple[Any, BaseException | None] | None = None
        """What the piece of work came to, until the host's thread takes it."""
        self._ended: Operation | None = None
        """Over, but a full disk did not take the entry yet."""
        self._told_at = 0.0

    @property
    def current(self) -> Operation | None:
        return self._current

    @property
    def holds_head(self) -> bool:
        """Whether nothing else may move the head now: no training begins, no undo, no choice of a model."""
        return self._current is not None and self._holds_head

    def require_head_free(self) -> None:
        """Raises Refused while an operation holds the head."""
        if self._current is not None and self._holds_head:
            raise Refused(
                f"The head is held: {self._current.kind} {self._current.subject} is under way.",
                "Wait until it has ended, or cancel it.",
            )

    def require_free(self) -> None:
        """Raises Refused while an operation runs; before one is begun, so that nothing is worked out in vain."""
        if self._current is not None:
            raise Refused(
                f"One operation at a time: {self._current.kind} {self._current.subject} is under way.",
                "Wait until it has ended, or cancel it.",
            )

    def begin(
        self,
        kind: OperationKind,
        subject: str,
        intent: msgspec.Struct,
        steps: Callable[[Operation], Steps],
        *,
        words: tuple[str, ...] = (),
        holds_head: bool = False,
    ) -> Operation:
        """Write the intent and begin.

        Args:
            steps: makes the operation, given its journal entry.
            words: all that it does, for people.
            holds_head: a paused engine is released first, and nothing else may move the head until it has ended.

        Raises:
            Refused: another one runs, or the head is needed and a job trains.
        """
        self.require_free()
        if holds_head and self._trainer.occupied:
            raise Refused("The queue is training, and the head moves with it.", "Pause or stop it first.")
        with self._store.atomic():
            operation = self._store.operations.begin(kind, subject, intent)
            self._store.journal.add(f"{kind} begun", None, subject)
        self._current = msgspec.structs.replace(operation, steps=words)
        self._holds_head = holds_head
        self._progress = Progress()
        self._steps = steps(self._current)
        self._outcome = (None, None)
        self._tell(self._current)
        return self._current

    def cancel(self, operation: int) -> str:
        """Raises WrongUse where it is not under way."""
        if self._current is None or self._current.id != operation:
            raise WrongUse(f"Operation {operation} is not under way.", "It may have ended already.")
        self._progress.cancel()
        if self._merging is not None:
            self._tasks.cancel_merge(operation)
        self._current = msgspec.structs.replace(self._current, cancelling=True)
        self._tell(self._current)
        return "It is broken off at the next safe place."

    def tick(self) -> None:
        """Go on where the last piece of work is over, and tell of progress. Raises NoSpace: a row cannot be written."""
        if self._ended is not None:
            self._close_entry()
        elif self._current is not None and self._holds_head and self._trainer.held is not None:
            self._trainer.release()
        elif self._current is not None:
            self._take_work()
            if self._outcome is not None:
                self._go_on()
            self._show_progress()

    def recover(self, recoverers: Recoverers) -> None:
        """For a new host: every operation that was begun and never ended is rolled forward or back.

        One that cannot be now is told, and stays in the journal for the next start. Raises NoSpace.
        """
        for unfinished in self._store.operations.unfinished():
            recover = recoverers.get(unfinished.operation.kind)
            try:
                found = Recovered(done=False, text=INTERRUPTED) if recover is None else recover(unfinished)
            except NoSpace:
                raise
            except (UserError, OSError) as error:
                log.exception("An operation could not be recovered.")
                one = unfinished.operation
                text = f"{one.kind} {one.subject} was cut off, and what it left cannot be put right now: {error}"
                self._outbox.tell(Notice(level="error", text=text, hint="The next start tries it again."))
                continue
            ended = msgspec.structs.replace(
                unfinished.operation,
                state=OperationState.DONE if found.done else OperationState.FAILED,
                text=found.text,
                exit_status=int(ExitStatus.DONE if found.done else ExitStatus.FAILED),
                ended_at=utc_now(),
            )
            with self._store.atomic():
                self._store.operations.end(ended)
                self._store.journal.add(f"{ended.kind} recovered", None, f"{ended.subject}: {found.text}")
            self._outbox.tell(Notice(level="warning", text=f"{ended.kind} {ended.subject}: {found.text}"))

    def close(self) -> None:
        """Break off what runs and wait for that; before the engine is let go, and once more after that."""
        self._progress.cancel()
        if self._current is not None and self._merging is not None:
            self._tasks.cancel_merge(self._current.id)
        while self._current is not None and self._merging is None and self._trainer.held is None:
            if self._work is not None:
                wait([self._work])
            self.tick()

    # Inside

    def _go_on(self) -> None:
        assert self._steps is not None
        assert self._outcome is not None
        (result, error), self._outcome = self._outcome, None
        try:
            piece = self._steps.throw(error) if error is not None else self._steps.send(result)
        except StopIteration as stop:
            self._end(OperationState.DONE, str(stop.value))
        except Cancelled as cancelled:
            self._end(OperationState.CANCELLED, cancelled.message, cancelled.hint, int(cancelled.exit_status))
        except UserError as failed:
            self._end(OperationState.FAILED, failed.message, failed.hint, int(failed.exit_status))
        except OSError as failed:
            log.exception("An operation failed.")
            self._end(OperationState.FAILED, f"The disk or the system failed: {failed}.", "Look at the log.", 1)
        except Exception as bug:
            log.exception("An operation failed.")
            self._end(OperationState.FAILED, f"An error in Espalier: {bug!r}.", "The log has the details.", 1)
        else:
            self._start(piece)

    def _start(self, piece: Work | Merging) -> None:
        self._progress.text, self._progress.done, self._progress.total = piece.text, 0, 0
        if isinstance(piece, Merging) and self._progress.cancelled:
            self._outcome = (None, Cancelled(BROKEN_OFF))
        elif isinstance(piece, Merging):
            self._merging = piece
            self._tasks.put(piece.command, self._engine_done, self._learn_activity)
        else:
            self._work = self._thread.submit(piece.run, self._progress)
            self._work.add_done_callback(lambda _: self._outbox.ring())

    def _take_work(self) -> None:
        if self._work is not None and self._work.done():
            work, self._work = self._work, None
            error = work.exception()
            self._outcome = (None, error) if error is not None else (work.result(), None)

    def _learn_activity(self, event: Activity) -> None:
        self._progress.text, self._progress.done, self._progress.total = event.text, event.done, event.total

    def _engine_done(self, result: Any, error: UserError | None) -> None:
        self._merging = None
        self._outcome = (result, error)

    def _end(self, state: OperationState, text: str, hint: str = "", exit_status: int = 0) -> None:
        assert self._current is not None
        self._ended = msgspec.structs.replace(
            self._current, state=state, text=text, hint=hint, exit_status=exit_status, ended_at=utc_now()
        )
        self._steps = None
        self._close_entry()

    def _close_entry(self) -> None:
        ended = self._ended
        assert ended is not None
        with self._store.atomic():
            self._store.operations.end(ended)
            self._store.journal.add(f"{ended.kind} {ended.state}", None, f"{ended.subject}: {ended.text}")
        self._ended = self._current = None
        self._holds_head = False
        self._board.put(activity=None)
        self._tell(ended)

    def _show_progress(self) -> None:
        if self._current is None or time.monotonic() - self._told_at < TELL_SECONDS:
            return
        now = self._progress
        shown = msgspec.structs.replace(self._current, step=now.text, done=now.done, total=now.total)
        if shown != self._current:
            self._current = shown
            self._tell(shown)
            if shown.step:
                self._board.put(activity=shown.step)

    def _tell(self, operation: Operation) -> None:
        self._told_at = time.monotonic()
        self._outbox.tell(OperationChanged(operation=operation))
