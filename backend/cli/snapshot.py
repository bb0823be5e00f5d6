"""`snapshot`: have the engine take an evolution snapshot now, and tell what came of it."""

import time
from typing import Annotated

import typer

from backend.cli import words
from backend.cli.hosting import acting
from backend.cli.invocation import EPILOG, invocation_of
from backend.cli.lines import snapshot_line
from backend.domain.job import JobState
from backend.errors import UserError
from backend.host import Host, ask
from backend.protocol.engine import SnapshotFailed
from backend.protocol.evolution import RunChanged
from backend.protocol.host import Done, Follow, GetStatus, JobChanged, SnapshotNow, StatusReply

LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 600.0
"""A whole panel of a large model; the wish stands in any case."""
OUT = (
    JobState.DONE,
    JobState.FAILED,
    JobState.SKIPPED,
    JobState.REMOVED,
    JobState.QUEUED,
    JobState.INTERRUPTED,
)
"""An engine that took the wish and was lost in it is among them: the one that follows knows nothing of it."""


def register(app: typer.Typer) -> None:
    app.command("snapshot", epilog=EPILOG)(snapshot)


def snapshot(
    context: typer.Context,
    reason: Annotated[str, typer.Option(help="Why; it is kept in the history.")] = "",
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for it to be a fact.")] = PATIENCE_SECONDS,
) -> None:
    """Take an evolution snapshot of the whole panel after this step, and go on."""
    invocation = invocation_of(context)
    with acting(invocation) as host:
        ask(host, Follow(), Done)
        job = ask(host, GetStatus(), StatusReply).status.job
        host.pump()
        invocation.output.note(ask(host, SnapshotNow(reason=reason), Done).text)
        taken = await_taken(host, job, wait)
    text = words.snapshot(taken)
    invocation.output.result(snapshot_line(taken), lambda console: console.print(text, markup=False))


def await_taken(host: Host, job: int | None, seconds: float) -> RunChanged:
    """The run with its new snapshot.

    Raises:
        UserError: it failed, the job left training before, or it is not there within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        for event in host.pump():
            match event:
                case RunChanged(run=run, step=step) if run.job == job and step is not None:
                    return event
                case SnapshotFailed(job=failed, message=text, hint=hint) if failed == job:
                    raise UserError(text, hint)
                case JobChanged(job=changed) if changed.id == job and changed.state in OUT:
                    raise UserError(
                        "The training ended before the snapshot was taken.", "What was taken before stands."
                    )
        if time.monotonic() >= deadline:
            raise UserError(
                f"The snapshot is not taken yet after {words.duration(seconds)}.",
                "The wish stands; `espalier evolution list` shows when it is there.",
            )
        host.wait(LOOK_SECONDS)
