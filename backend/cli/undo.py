"""`undo`, `redo`, `history`: how the head came to be, and a way back along it."""

from typing import TYPE_CHECKING

import typer

from backend.cli import words
from backend.cli.hosting import acting, reading
from backend.cli.invocation import EPILOG, invocation_of
from backend.domain.head import Head
from backend.domain.job import Job
from backend.domain.move import Move, MoveKind, MoveState
from backend.host import ask
from backend.protocol.host import (
    Done,
    GetHead,
    GetHeadHistory,
    HeadHistoryReply,
    HeadReply,
    JobsReply,
    ListJobs,
    RedoTraining,
    UndoTraining,
)
from backend.records import fields, job_row

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {MoveState.STANDING: "", MoveState.UNDONE: "undone, redo brings it back", MoveState.LEFT: "undone"}


def register(app: typer.Typer) -> None:
    app.command("undo", epilog=EPILOG)(undo)
    app.command("redo", epilog=EPILOG)(redo)
    app.command("history", epilog=EPILOG)(history)


def undo(context: typer.Context) -> None:
    """Take the head back to before the last job, or the last choice of a model. Nothing is deleted."""
    _change(context, "undo", UndoTraining())


def redo(context: typer.Context) -> None:
    """Take the last undo back."""
    _change(context, "redo", RedoTraining())


def history(context: typer.Context) -> None:
    """Show every move of the head: what was trained on it, in order, and what was undone."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        moves = ask(host, GetHeadHistory(), HeadHistoryReply).moves
        head = ask(host, GetHead(), HeadReply).head

    def draw(console: "Console") -> None:
        from rich.table import Table

        if not moves:
            console.print("The head has never moved. `espalier model use SLUG` chooses a model.")
            return
        here = [move.id for move in moves if move.state is MoveState.STANDING and move.after == head][-1:]
        table = Table("", "when", "what", "checkpoint", "steps", "")
        for move in moves:
            point = move.after.checkpoint if move.after else None
            table.add_row(
                "*" if move.id in here else "",
                move.at,
                sentence(move),
                "-" if point is None else str(point.id),
                "-" if move.after is None else str(move.after.total_steps),
                MARKS[move.state],
            )
        console.print(table)

    invocation.output.result([fields(move) for move in moves], draw)


def sentence(move: Move) -> str:
    """A move in a few words."""
    match move.kind:
        case MoveKind.TRAINING:
            return f"training of {move.name}"
        case MoveKind.USE:
            return f"the choice of {move.name}"
        case MoveKind.CONSOLIDATION:
            return f"consolidation into {move.name}"
        case MoveKind.RESTORE:
            return f"restoring of {move.name}"
        case MoveKind.FALLBACK:
            return "back from a damaged checkpoint"


def _change(context: typer.Context, action: str, request: UndoTraining | RedoTraining) -> None:
    invocation = invocation_of(context)
    with acting(invocation) as host:
        jobs_before = {job.id: job for job in ask(host, ListJobs(), JobsReply).jobs}
        before = ask(host, GetHead(), HeadReply).head
        done = ask(host, request, Done)
        after = ask(host, GetHead(), HeadReply).head
        jobs = {job.id: job for job in ask(host, ListJobs(), JobsReply).jobs}
    changed = [job for job in jobs.values() if jobs_before.get(job.id) != job]
    known = {**jobs, **jobs_before}
    value = {
        "action": action,
        "text": done.text,
        "before": fields(before),
        "after": fields(after),
        "jobs": [job_row(job) for job in changed],
    }

    def draw(console: "Console") -> None:
        console.print(done.text, markup=False)
        console.print(f"The head was {place(before, known)}.", markup=False)
        console.print(f"The head is  {place(after, known)}.", markup=False)
        for job in changed:
            console.print(f"{job.name} (job {job.id}) is {job.state}. {job.reason}".rstrip(), markup=False)

    invocation.output.result(value, draw)


def place(head: Head, jobs: dict[int, Job]) -> str:
    """Where a head stands, in words."""
    if head.base is None:
        return "empty: no model was chosen"
    point = head.checkpoint
    if point is None:
        return f"{head.base} as it is, without any training"
    job = jobs.get(point.job)
    name = job.name if job else f"job {point.job}"
    steps = words.counted(head.total_steps, "step")
    return f"at checkpoint {point.id} ({name}, step {point.step}), {steps} from {head.base}"
