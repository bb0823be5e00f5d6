"""`evolution list`: every training that was watched, with its first and last figures."""

from typing import TYPE_CHECKING

import typer

from backend.cli import words
from backend.cli.evolution_runs import runs_of
from backend.cli.hosting import reading
from backend.cli.invocation import invocation_of
from backend.cli.lines import fields
from backend.cli.table import draw_table
from backend.domain.evolution import EvolutionRun
from backend.domain.snapshot import Summary

if TYPE_CHECKING:
    from rich.console import Console


def list_all(context: typer.Context) -> None:
    """List the trainings that were watched, newest first: steps, loss and right answers from first to last."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        runs = runs_of(host)

    def draw(console: "Console") -> None:
        if not runs:
            console.print("No snapshot yet. The first is taken when a file begins to train.")
            return
        draw_table(
            console,
            ("run", "file", "steps", "loss", "right", "", "folder"),
            [
                (str(run.id), run.dataset_name, steps(run), losses(run), answers(run), state(run), run.folder)
                for run in runs
            ],
        )

    invocation.output.result([fields(run) for run in runs], draw)


def steps(run: EvolutionRun) -> str:
    last = run.steps[-1] if run.steps else 0
    return f"{words.counted(len(run.steps), 'snapshot')} to {words.steps(last, run.total_steps)}"


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
