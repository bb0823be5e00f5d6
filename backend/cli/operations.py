"""How a command follows a long operation: a bar on a terminal, nothing for programs, Ctrl-C has it taken back."""

import time
from typing import TYPE_CHECKING, Protocol

from backend.cli.endings import Endings
from backend.cli.invocation import Invocation
from backend.cli.output import Output, PeopleOutput
from backend.client import HostGone
from backend.domain.operation import Operation, OperationState
from backend.errors import UserError
from backend.host import Host, ask, raised
from backend.protocol.host import Done, Failure, Follow, Notice, Request
from backend.protocol.keeping import CancelOperation, OperationBegun, OperationChanged

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LOOK_SECONDS = 0.2
QUIET_SECONDS = 10.0
"""What is not one of the operation's steps is told this often."""


def carry_out(host: Host, invocation: Invocation, request: Request) -> Operation:
    """Ask for an operation and follow it; returns it as it ended, done.

    Raises:
        UserError: it was refused, failed, or was broken off, with its own words and exit status.
    """
    with Endings() as endings:
        ask(host, Follow(), Done)
        begun = ask(host, request, OperationBegun).operation
        ended = follow(host, invocation, begun, endings)
    if ended.state is not OperationState.DONE:
        raise raised(Failure(message=ended.text, hint=ended.hint, exit_status=ended.exit_status))
    return ended


def follow(host: Host, invocation: Invocation, operation: Operation, endings: Endings) -> Operation:
    """Show how it goes until it has ended, however that is; a signal asks the host to break it off. After a `Follow`.

    Raises:
        UserError: the host has ended in the middle of it.
    """
    shown = showing_for(invocation.output)
    asked = 0
    try:
        shown.tell(operation)
        while True:
            if endings.count > asked:
                asked = endings.count
                _break_off(host, invocation.output, operation)
            for event in host.pump():
                match event:
                    case OperationChanged(operation=changed) if changed.id == operation.id:
                        shown.tell(changed)
                        if changed.state is not OperationState.RUNNING:
                            return changed
                    case Notice(level=level, text=text, hint=hint) if level != "info":
                        invocation.output.note(f"{level}: {text} {hint}".rstrip())
            host.wait(LOOK_SECONDS)
    except HostGone as error:
        raise UserError(
            "The program that carried it out has ended in the middle of it.",
            "At its next start it is finished or taken back; `espalier operations list` tells.",
        ) from error
    finally:
        shown.close()


def _break_off(host: Host, output: Output, operation: Operation) -> None:
    """One that has just ended cannot be broken off any more, which its end tells."""
    reply = host.handle(CancelOperation(operation=operation.id))
    if not isinstance(reply, Failure):
        output.note("Breaking it off: what was begun is taken back first, then everything is as it was before.")


class Showing(Protocol):
    """Hears of every change."""

    def tell(self, operation: Operation) -> None: ...

    def close(self) -> None: ...


class Silence:
    """Programs hear of the end alone."""

    def tell(self, operation: Operation) -> None:
        return None

    def close(self) -> None:
        return None


class Steps:
    """A line a step; on a terminal a bar below them."""

    def __init__(self, output: PeopleOutput) -> None:
        self._console = output.console
        self._bar: tuple[Progress, TaskID] | None = None
        self._told = ""
        self._told_at = -QUIET_SECONDS

    def tell(self, operation: Operation) -> None:
        if operation.state is not OperationState.RUNNING:
            self.close()
            return
        if operation.step and operation.step != self._told and self._is_worth_a_line(operation):
            self._told, self._told_at = operation.step, time.monotonic()
            self._console.print(f"  {step_in_words(operation)}", markup=False)
        if self._console.is_terminal:
            self._draw(operation)

    def close(self) -> None:
        if self._bar is not None:
            self._bar[0].stop()
        self._bar = None

    def _is_worth_a_line(self, operation: Operation) -> bool:
        named = not operation.steps or operation.step in operation.steps
        return named or (not self._console.is_terminal and time.monotonic() - self._told_at >= QUIET_SECONDS)

    def _draw(self, operation: Operation) -> None:
        progress, task = self._bar or self._begin()
        total = operation.total or None
        progress.update(task, description=operation.step, completed=operation.done, total=total)

    def _begin(self) -> "tuple[Progress, TaskID]":
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        progress = Progress(
            TextColumn("  {task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
        self._bar = (progress, progress.add_task("", total=None))
        progress.start()
        return self._bar


def step_in_words(operation: Operation) -> str:
    """For example: 2/5 Merging."""
    if operation.step not in operation.steps:
        return operation.step
    return f"{operation.steps.index(operation.step) + 1}/{len(operation.steps)} {operation.step}"


def showing_for(output: Output) -> Showing:
    return Steps(output) if isinstance(output, PeopleOutput) else Silence()
