"""Takes files of the user in and queues them, many at a time; a bad one does not hold up the others."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from backend.cli import words
from backend.cli.endings import Endings
from backend.cli.invocation import Invocation
from backend.domain.dataset import Dataset, Report
from backend.domain.job import Job, JobSettings, Priority
from backend.errors import UserError
from backend.host import Host, ask, raised
from backend.protocol.host import Enqueue, EnqueueMany, Failure, Queued, QueuedMany
from backend.records import job_row

BATCH = 500
"""So many a request: a host that trains answers it between two looks at its engine."""
BATCH_SECONDS = 1.0


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
    trained_as: int | None = None

    @property
    def row(self) -> dict[str, Any]:
        """For programs; `bad_lines` are the first of the refused ones."""
        bad = [msgspec.to_builtins(line) for line in self.report.bad]
        return {
            **job_row(self.job),
            "ahead": self.ahead,
            "trained_as": self.trained_as,
            "refused_lines": self.report.refused,
            "bad_lines": bad,
        }


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """A file whose copy is stored and which waits to be queued."""

    file: Path
    dataset: Dataset


def enqueue_all(
    host: Host, invocation: Invocation, files: Sequence[Path], wanted: Wanted, endings: Endings
) -> tuple[list[Taken], list[Refusal]]:
    """Queue each file; gives what was queued and what was refused.

    Files are queued in batches while others are still to be copied: many take one commit, and a command that is ended
    half-way has queued what it told of.

    Raises:
        Stopped: a signal came; the files before it are queued.
    """
    arrivals = Arrivals(host, invocation, wanted, len(files))
    try:
        for file in files:
            try:
                dataset = copied(host, invocation, file, endings)
            except UserError as error:
                arrivals.refusals.append(Refusal(file=file, error=error))
            else:
                arrivals.take(Copied(file=file, dataset=dataset))
    finally:
        arrivals.queue()
    return arrivals.queued, arrivals.refusals


def enqueue(host: Host, invocation: Invocation, file: Path, wanted: Wanted, endings: Endings) -> Taken:
    """Copy one file into the home and queue it.

    Raises:
        UserError: it cannot be read, holds nothing to learn, or waits already.
        Stopped: a signal came.
    """
    queued, refusals = enqueue_all(host, invocation, [file], wanted, endings)
    if refusals:
        raise refusals[0].error
    return queued[0]


def copied(host: Host, invocation: Invocation, file: Path, endings: Endings) -> Dataset:
    """Copy one file into the home; other programs are answered meanwhile.

    Raises:
        UserError: it cannot be read, or holds nothing to learn.
        Stopped: a signal came.
    """
    from backend.datasets.intake import take_in  # decodes rows, which most commands never do

    def look_up(_done: int, _total: int) -> None:
        endings.raise_if_any()
        host.serve()

    return take_in(invocation.home, file, progress=look_up)


class Arrivals:
    """Gathers copied files and queues them, many at once; what the host has queued is told, and nothing before."""

    def __init__(self, host: Host, invocation: Invocation, wanted: Wanted, total: int) -> None:
        self.queued: list[Taken] = []
        self.refusals: list[Refusal] = []
        self._host = host
        self._output = invocation.output
        self._wanted = wanted
        self._total = total
        self._gathered: list[Copied] = []
        self._since = time.monotonic()

    def take(self, file: Copied) -> None:
        self._gathered.append(file)
        if len(self._gathered) >= BATCH or time.monotonic() - self._since >= BATCH_SECONDS:
            self.queue()
            self._output.note(f"{len(self.queued):,} of {words.counted(self._total, 'file')} queued.")

    def queue(self) -> None:
        """Queue what was gathered, in one transaction of the host."""
        gathered, self._gathered = self._gathered, []
        self._since = time.monotonic()
        if not gathered:
            return
        try:
            outcomes = ask(self._host, self._request(gathered), QueuedMany).outcomes
        except UserError as error:
            self.refusals += [Refusal(file=each.file, error=error) for each in gathered]
            return
        for each, outcome in zip(gathered, outcomes, strict=True):
            if isinstance(outcome, Failure):
                self.refusals.append(Refusal(file=each.file, error=raised(outcome)))
            else:
                self._queued(each.dataset, outcome)

    def _queued(self, dataset: Dataset, reply: Queued) -> None:
        report = dataset.report
        if report.refused:
            self._output.note(f"{dataset.name}: {report.rows:,} rows taken, {report.refused:,} lines refused:")
            for bad in report.bad[:5]:
                self._output.note(f"  line {bad.line}: {bad.reason} {bad.remedy}")
        if reply.trained_as is not None:
            self._output.note(f"{dataset.name}: the same content was trained before, as job {reply.trained_as}.")
        self.queued.append(Taken(job=reply.job, ahead=reply.ahead, report=report, trained_as=reply.trained_as))

    def _request(self, files: Sequence[Copied]) -> EnqueueMany:
        wanted = self._wanted
        return EnqueueMany(
            items=tuple(
                Enqueue(
                    dataset=each.dataset,
                    priority=wanted.priority,
                    settings=wanted.settings,
                    allow_duplicate=wanted.again,
                )
                for each in files
            )
        )
