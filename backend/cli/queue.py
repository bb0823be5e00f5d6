"""`queue add|list|status`: what waits, trains, and has ended; the group of all commands of the queue."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend import settings
from backend.cli import words
from backend.cli.endings import Endings, Stopped
from backend.cli.enqueueing import Wanted, enqueue_all
from backend.cli.hosting import changing, reading
from backend.cli.invocation import EPILOG, invocation_of
from backend.cli.job_options import job_settings, takes_job_settings
from backend.cli.level import Level
from backend.cli.preview import preview
from backend.cli.queue_changes import move, put, remove, restore, retry, set_priority
from backend.cli.queue_history import history, show
from backend.domain.job import ENDED, JobState
from backend.errors import UserError
from backend.host import ask
from backend.protocol.host import JobsReply, ListJobs
from backend.records import job_row

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The files that wait, train, and have ended.")
    group.command("add", epilog=EPILOG)(takes_job_settings(add))
    group.command("list", epilog=EPILOG)(list_all)
    group.command("preview", epilog=EPILOG)(takes_job_settings(preview))
    group.command("status", epilog=EPILOG)(counts)
    group.command("show", epilog=EPILOG)(show)
    group.command("history", epilog=EPILOG)(history)
    group.command("move", epilog=EPILOG)(move)
    group.command("set-priority", epilog=EPILOG)(set_priority)
    group.command("set", epilog=EPILOG)(put)
    group.command("remove", epilog=EPILOG)(remove)
    group.command("restore", epilog=EPILOG)(restore)
    group.command("retry", epilog=EPILOG)(retry)
    app.add_typer(group, name="queue")


def add(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Files of rows.")],
    priority: Annotated[Level, typer.Option(help="Level in the queue.")] = Level.NORMAL,
    again: Annotated[bool, typer.Option("--again", help="Queue a file although it waits already.")] = False,
    *,
    chosen: Mapping[str, Any],
) -> None:
    """Copy files into the home and queue them."""
    invocation = invocation_of(context)
    frozen = job_settings(settings.load(invocation.home).job, chosen)
    wanted = Wanted(priority=priority.priority, settings=frozen, again=again)
    with Endings() as endings, changing(invocation) as host:
        try:
            queued, refusals = enqueue_all(host, invocation, files, wanted, endings)
        except Stopped as error:
            raise UserError("Stopped: not all files are queued.", "`espalier queue list` shows which are.") from error
    if refusals and not queued and len(files) == 1:
        raise refusals[0].error

    def draw(console: "Console") -> None:
        for one in queued:
            place = "it is next" if one.ahead == 0 else f"{words.counted(one.ahead, 'file')} before it"
            console.print(f"{one.job.name} is queued as job {one.job.id}; {place}.", markup=False)

    rows = [one.row for one in queued]
    failed = [{"file": str(r.file), "error": r.error.message, "hint": r.error.hint} for r in refusals]
    invocation.output.result({"queued": rows, "refused": failed}, draw)
    for refusal in () if invocation.output.json else refusals:
        invocation.output.failure_of(str(refusal.file), refusal.error)
    if refusals:
        raise typer.Exit(max(refusal.error.exit_status for refusal in refusals))


def list_all(context: typer.Context) -> None:
    """List all jobs: first in the order in which they will train, then those that have ended."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        jobs = ask(host, ListJobs(), JobsReply).jobs

    def draw(console: "Console") -> None:
        from rich.table import Table

        if not jobs:
            console.print("The queue is empty. `espalier queue add FILE` or `espalier train FILE` puts a file in it.")
            return
        table = Table("job", "file", "priority", "state", "rows", "steps", "loss", "held-out")
        for job in jobs:
            heldout = (
                "-" if job.heldout_last is None else f"{words.loss(job.heldout_first)} → {words.loss(job.heldout_last)}"
            )
            state = str(job.state) + (f"\n{job.reason}" if job.state is JobState.FAILED else "")
            table.add_row(
                str(job.id),
                job.name,
                job.priority.label,
                state,
                f"{job.rows:,}",
                words.steps(job.step, job.total_steps),
                words.loss(job.loss),
                heldout,
            )
        console.print(table)

    places = {job.id: place for place, job in enumerate((job for job in jobs if job.state not in ENDED), start=1)}
    invocation.output.result([{**job_row(job), "place": places.get(job.id)} for job in jobs], draw)


def counts(context: typer.Context) -> None:
    """Count the jobs by state."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        jobs = ask(host, ListJobs(), JobsReply).jobs
    states = Counter(str(job.state) for job in jobs)

    def draw(console: "Console") -> None:
        console.print(", ".join(f"{count} {state}" for state, count in states.items()) or "The queue is empty.")

    invocation.output.result({str(state): states[str(state)] for state in JobState}, draw)
