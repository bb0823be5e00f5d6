"""`evolution list`: every training that was watched, with its first and last figures."""

from typing import TYPE_CHECKING

import typer

from backend.cli import words
from backend.cli.evolution_runs import runs_of
from backend.cli.hosting import reading
from backend.cli.invocation import invocation_of
from backend.cli.table import draw_table
from backend.domain.evolution import EvolutionRun
from backend.domain.snapshot import Summary
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console


WITH_FOLDER = 130
"""Columns of a console in which the folder has room beside the rest; in a narrower one the number names the run."""


def list_all(context: typer.Context) -> None:
    """List the trainings that were watched, newest first: steps, loss and right answers from first to last."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        runs = runs_of(host)

    def draw(console: "Console") -> None:
        if not runs:
            console.print("No snapshot yet. The first is taken when a file begins to train.")
            return
        titles = ("run", "file", "snapshots", "loss", "right", "", "folder")
        rows = [
            (str(run.id), run.dataset_name, reached(run), losses(run), answers(run), state(run), run.folder)
            for run in runs
        ]
        shown = len(titles) if console.width >= WITH_FOLDER else len(titles) - 1
        draw_table(console, titles[:shown], [row[:shown] for row in rows])

    invocation.output.result([fields(run) for run in runs], draw)


def steps(run: EvolutionRun) -> str:
    """For example: 3 snapshots to 12/12."""
    return f"{words.counted(len(run.steps), 'snapshot')} to {_last(run)}"


def reached(run: EvolutionRun) -> str:
    """For example: 3 to 12/12."""
    return f"{len(run.steps):,} to {_last(run)}"


def _last(run: EvolutionRun) -> str:
    return words.steps(run.steps[-1] if run.steps else 0, run.total_steps)


def losses(run: EvolutionRun) -> str:
    return f"{loss(run.first)} → {loss(run.last)}"


def answers(run: EvolutionRun) -> str:
    return f"{right(run.first)} → {right(run.last)}"


def loss(summary: Summary | None) -> str:
    return words.loss(None if summary is None else summary.avg_loss)


def right(summary: Summary | None) -> str:
    """Right answers of those given."""
    return "-" if summary is None or not summary.answered else f"{summary.correct}/{summary.answered}"


def state(run: EvolutionRun) -> str:
    return "ended" if run.ended else "goes on"
