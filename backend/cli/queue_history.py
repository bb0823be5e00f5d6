"""`queue history` and `queue show`: what happened to a file and why, and what it will be trained with."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from backend.cli import words
from backend.cli.hosting import reading
from backend.cli.invocation import Invocation, invocation_of
from backend.domain.entry import Entry
from backend.domain.job import Job
from backend.host import ask
from backend.options import options
from backend.protocol.host import GetHistory, HistoryReply
from backend.records import job_row

if TYPE_CHECKING:
    from rich.console import Console

EVERYTHING = 2**31
ERRORS = frozenset({"failed", "interrupted"})
"""Entries whose reason is an error."""


def history(
    context: typer.Context,
    job: Annotated[int | None, typer.Argument(metavar="[JOB]", help="Only this one; otherwise everything.")] = None,
    last: Annotated[int, typer.Option(min=1, help="At most so many entries, the newest.")] = 200,
) -> None:
    """List what happened to the files, oldest first, each with its time and reason."""
    invocation = invocation_of(context)
    entries = _entries(invocation, job, last)

    def draw(console: "Console") -> None:
        from rich.table import Table

        if not entries:
            console.print("Nothing has happened yet.")
            return
        table = Table("time (UTC)", "job", "file", "what", "reason")
        for entry in entries:
            number = "" if entry.job is None else str(entry.job)
            table.add_row(_time(entry.at), number, entry.name, entry.what, _plain(entry.reason))
        console.print(table)

    invocation.output.result([msgspec.to_builtins(entry) for entry in entries], draw)


def show(context: typer.Context, job: Annotated[int, typer.Argument(metavar="JOB", help="Its number.")]) -> None:
    """Show a job: where it stands, all settings that it froze, and what happened to it in short."""
    invocation = invocation_of(context)
    [found] = _read(invocation, [job])
    entries = _entries(invocation, job, EVERYTHING)
    counts = Counter(entry.what for entry in entries)
    errors = [entry for entry in entries if entry.what in ERRORS]

    def draw(console: "Console") -> None:
        _draw_job(console, found)
        summary = ", ".join(what if count == 1 else f"{what} {count} times" for what, count in counts.items())
        console.print(f"\nHistory ({words.counted(len(entries), 'entry', 'entries')}): {summary}", markup=False)
        for entry in errors:
            console.print(f"  {_time(entry.at)}  {entry.what}: {_plain(entry.reason)}", markup=False)
        console.print(f"`espalier queue history {job}` lists all of it.", style="dim", markup=False)

    summary = {"entries": len(entries), "counts": dict(counts), "errors": [msgspec.to_builtins(e) for e in errors]}
    value = {**job_row(found), "attempts": found.attempts, "settings": found.settings, "history": summary}
    invocation.output.result(value, draw)


def _draw_job(console: "Console", job: Job) -> None:
    console.print(
        f"Job {job.id}, {job.name}: {job.state}, {job.priority.label} priority, {words.counted(job.rows, 'row')},"
        f" step {words.steps(job.step, job.total_steps)}, {words.counted(job.attempts, 'attempt')}",
        markup=False,
    )
    for line in (job.reason, job.hint):
        if line:
            console.print(f"  {_plain(line)}", markup=False)
    console.print("\nSettings")
    for option in options(job.settings):
        changed = "" if option.value == option.default else f"  (default {option.default or 'none'})"
        console.print(f"  {option.key} = {option.value}{changed}", markup=False)


def _entries(invocation: Invocation, job: int | None, last: int) -> tuple[Entry, ...]:
    with reading(invocation) as host:
        return ask(host, GetHistory(job=job, last=last), HistoryReply).entries


def _read(invocation: Invocation, numbers: Sequence[int]) -> tuple[Job, ...]:
    from backend.reading import read_these  # loads the database library, which --help does without

    return read_these(invocation.home, numbers)


def _time(at: str) -> str:
    return at[:19].replace("T", " ")


def _plain(text: str) -> str:
    """On one line, for a table."""
    return " ".join(text.split())
