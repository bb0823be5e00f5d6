"""Takes files of the user in and queues them, one after the other; a bad one does not hold up the others."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from backend.cli.endings import Endings
from backend.cli.hosting import ask
from backend.cli.invocation import Invocation
from backend.cli.lines import job_row
from backend.domain.dataset import Report
from backend.domain.job import Job, JobSettings, Priority
from backend.errors import UserError
from backend.host import Host
from backend.protocol.host import Enqueue, Queued


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """How files are to be queued. `settings` None takes the home's defaults."""

    priority: Priority = Priority.NORMAL
    settings: JobSettings | None = None
    again: bool = False


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was not queued."""

    file: Path
    error: UserError


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was queued, how many jobs go before it, and what was found in it."""

    job: Job
    ahead: int
    report: Report

    @property
    def row(self) -> dict[str, Any]:
        """For programs; `bad_lines` are the first of the refused ones."""
        bad = [msgspec.to_builtins(line) for line in self.report.bad]
        return {**job_row(self.job), "ahead": self.ahead, "refused_lines": self.report.refused, "bad_lines": bad}


def enqueue_all(
    host: Host, invocation: Invocation, files: Sequence[Path], wanted: Wanted, endings: Endings
) -> tuple[list[Taken], list[Refusal]]:
    """Queue each file; gives what was queued and what was refused.

    Raises:
        Stopped: a signal came; the files before it are queued.
    """
    queued: list[Taken] = []
    refusals: list[Refusal] = []
    for file in files:
        try:
            queued.append(enqueue(host, invocation, file, wanted, endings))
        except UserError as error:
            refusals.append(Refusal(file=file, error=error))
    return queued, refusals


def enqueue(host: Host, invocation: Invocation, file: Path, wanted: Wanted, endings: Endings) -> Taken:
    """Copy one file into the home and queue it.

    Raises:
        UserError: it cannot be read, holds nothing to learn, or waits already.
        Stopped: a signal came.
    """
    from backend.datasets.intake import take_in  # decodes rows, which most commands never do

    def look_up(_done: int, _total: int) -> None:
        endings.raise_if_any()

    dataset = take_in(invocation.home, file, progress=look_up)
    report = dataset.report
    if report.refused:
        invocation.output.note(f"{dataset.name}: {report.rows:,} rows taken, {report.refused:,} lines refused:")
        for bad in report.bad[:5]:
            invocation.output.note(f"  line {bad.line}: {bad.reason} {bad.remedy}")
    request = Enqueue(dataset=dataset, priority=wanted.priority, settings=wanted.settings, allow_duplicate=wanted.again)
    reply = ask(host, request, Queued)
    return Taken(job=reply.job, ahead=reply.ahead, report=report)
