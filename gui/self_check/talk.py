"""Speaks with the host of the self-check: asks, waits for what becomes true, and takes every error for a failure."""

import collections
from collections.abc import Callable
from typing import TypeVar

from backend.domain.head import Head
from backend.domain.job import Job, JobState
from backend.domain.operation import Operation, OperationState
from backend.domain.status import HostState, Status
from backend.errors import UserError
from backend.host import ask
from backend.protocol import host as p
from backend.protocol.keeping import OperationBegun, OperationChanged
from backend.service import Service

Event = TypeVar("Event")
WAIT_SECONDS = 0.1


class Talk:
    """Waits without a limit of its own: whoever watches the self-check ends a row that takes too long."""

    def __init__(self, host: Service) -> None:
        self.host = host
        self._told: collections.deque[p.HostEvent] = collections.deque()

    def do(self, request: p.Request) -> str:
        """Ask for something that is done at once, or begun. Raises UserError where the host refuses."""
        return ask(self.host, request, p.Done).text

    def carry_out(self, request: p.Request) -> str:
        """Ask for a long operation and wait for its end. Raises UserError where it does not end well."""
        begun = ask(self.host, request, OperationBegun).operation

        def is_over(event: OperationChanged) -> bool:
            return event.operation.id == begun.id and event.operation.state is not OperationState.RUNNING

        ended: Operation = self.until(OperationChanged, is_over).operation
        if ended.state is not OperationState.DONE:
            raise UserError(ended.text, ended.hint)
        return ended.text

    def until(self, kind: type[Event], fits: Callable[[Event], bool] = lambda _: True) -> Event:
        """Wait for an event of this kind; those before it are passed over.

        Raises:
            UserError: an error came instead, or the training ended.
        """
        while True:
            while self._told:
                event = self._told.popleft()
                if isinstance(event, kind) and fits(event):
                    return event
                _require_no_failure(event)
            self.host.wait(WAIT_SECONDS)
            self._told.extend(self.host.pump())

    def until_state(self, state: HostState) -> None:
        self.until(p.StatusChanged, lambda event: event.status.state is state)

    def status(self) -> Status:
        return ask(self.host, p.GetStatus(), p.StatusReply).status

    def head(self) -> Head:
        return ask(self.host, p.GetHead(), p.HeadReply).head

    def job(self, number: int) -> Job:
        return next(job for job in self.jobs() if job.id == number)

    def jobs(self) -> tuple[Job, ...]:
        return ask(self.host, p.ListJobs(), p.JobsReply).jobs


def _require_no_failure(event: p.HostEvent) -> None:
    match event:
        case p.Notice(level="error", text=text, hint=hint):
            raise UserError(text, hint)
        case p.JobChanged(job=job) if job.state is JobState.FAILED:
            raise UserError(f"The training failed: {job.reason}", job.hint)
        case p.QueueFinished():
            raise UserError("The training ended before it could be paused and stopped.", "Check again.")
        case _:
            return
