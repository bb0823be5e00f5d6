"""`train` and `daemon`: queue files and train the queue, as the host or beside the one that runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend import settings
from backend.cli.endings import Endings, Stopped
from backend.cli.enqueueing import Wanted, enqueue_all
from backend.cli.hosting import acting
from backend.cli.invocation import EPILOG, Invocation, invocation_of
from backend.cli.job_options import job_settings, takes_job_settings
from backend.cli.level import Level
from backend.cli.model_choice import ensure_model
from backend.cli.progress import Reporter, reporter_for
from backend.cli.run import Run, RunEnd
from backend.cli.run_end import show_end
from backend.domain.status import HostState
from backend.errors import ExitStatus, Refused, UserError
from backend.host import ask
from backend.protocol.host import Done, Follow, GetStatus, StartTraining, StatusReply

if TYPE_CHECKING:
    from backend.client import RemoteHost
    from backend.service import Service


def register(app: typer.Typer) -> None:
    app.command("train", epilog=EPILOG)(takes_job_settings(train))
    app.command("daemon", epilog=EPILOG)(daemon)


def train(
    context: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(help="Files of rows; none trains what waits.")] = None,
    priority: Annotated[Level, typer.Option(help="Level of the files in the queue.")] = Level.NORMAL,
    again: Annotated[bool, typer.Option("--again", help="Queue a file although it waits already.")] = False,
    *,
    chosen: Mapping[str, Any],
) -> None:
    """Queue the files and train until the queue is empty. Ctrl-C saves, stops and loses nothing."""
    invocation = invocation_of(context)
    frozen = job_settings(settings.load(invocation.home).job, chosen)
    wanted = Wanted(priority=priority.priority, settings=frozen, again=again)
    with Endings() as endings, acting(invocation, may_train=True) as host:
        reporter = reporter_for(invocation.output)
        try:
            end = _train(host, invocation, files or [], wanted, reporter, endings)
        finally:
            reporter.close()
        show_end(invocation, end, here=host.is_local)
    if end.blocked:
        raise typer.Exit(ExitStatus.REFUSED)
    if end.failed or end.refused:
        raise typer.Exit(ExitStatus.FAILED if end.failed else end.refusal)


def daemon(context: typer.Context) -> None:
    """Train what is queued, now and later, until stopped."""
    invocation = invocation_of(context)
    with Endings() as endings, acting(invocation, may_train=True) as host:
        if not host.is_local:
            raise UserError(
                "Another program is the host of this home already.",
                "`espalier status` shows it; `espalier queue add` gives it files.",
            )
        reporter = reporter_for(invocation.output)
        run = Run(host, invocation.output, reporter, endings)
        try:
            ask(host, Follow(), Done)
            ensure_model(host, invocation.output, reporter, endings)
            if ask(host, GetStatus(), StatusReply).status.state is not HostState.PAUSED:
                ask(host, StartTraining(), Done)
            run.until_stopped()
        except Stopped:
            run.end.stopped = True
        finally:
            reporter.close()
        show_end(invocation, run.end, here=True)


def _train(
    host: "Service | RemoteHost",
    invocation: Invocation,
    files: list[Path],
    wanted: Wanted,
    reporter: Reporter,
    endings: Endings,
) -> RunEnd:
    run = Run(host, invocation.output, reporter, endings)
    try:
        ask(host, Follow(), Done)
        queued, refusals = enqueue_all(host, invocation, files, wanted, endings)
        for one in queued:
            invocation.output.line({"event": "queued", **one.row})
            if not host.is_local:
                invocation.output.note(f"{one.job.name} is queued as job {one.job.id}; {one.ahead:,} go before it.")
        for refusal in refusals:
            run.end.refused += 1
            if isinstance(refusal.error, Refused):
                run.end.refusal = ExitStatus.REFUSED
            invocation.output.failure_of(str(refusal.file), refusal.error)
        ensure_model(host, invocation.output, reporter, endings)
        if files and not queued and not host.is_local:
            return run.end
        ask(host, StartTraining(), Done)
        return run.until_finished() if host.is_local else run.following([one.job for one in queued])
    except Stopped:
        run.end.stopped = True
        return run.end
