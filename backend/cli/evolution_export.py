"""`evolution export`: every example at every step as CSV or JSON, one snapshot after the other."""

import enum
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from backend import files
from backend.cli import words
from backend.cli.evolution_runs import run_named, snapshot_of
from backend.cli.evolution_show import RUN_HELP
from backend.cli.hosting import reading
from backend.cli.invocation import invocation_of
from backend.domain.snapshot import Snapshot
from backend.errors import UserError, WrongUse
from backend.evolution.export import Sink, write_csv, write_json


class Format(enum.StrEnum):
    """How the rows are written."""

    CSV = "csv"
    JSON = "json"


def export(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help=RUN_HELP)],
    form: Annotated[
        Format | None, typer.Option("--format", help="csv, or with --json json.", show_default=False)
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="A new file; else standard output.")
    ] = None,
    step: Annotated[int | None, typer.Option(min=0, help="Only this step.")] = None,
) -> None:
    """Write every example at every step, one row each."""
    invocation = invocation_of(context)
    chosen = form or (Format.JSON if invocation.output.json else Format.CSV)
    with reading(invocation) as host:
        found = run_named(host, run).run
        if step is not None:
            snapshot_of(host, found, step)
        steps = found.steps if step is None else (step,)
        snapshots = (snapshot_of(host, found, step) for step in steps)
        if target is None:
            _write(chosen, snapshots, sys.stdout.buffer.write)
            sys.stdout.flush()
            return
        _store(target, lambda sink: _write(chosen, snapshots, sink))
    text = f"{words.counted(len(steps), 'snapshot')} of {found.folder} are in {target}."
    value = {"path": str(target.absolute()), "format": chosen, "snapshots": len(steps)}
    invocation.output.result(value, lambda console: console.print(text, markup=False))


def _write(form: Format, snapshots: Iterable[Snapshot], sink: Sink) -> None:
    if form is Format.CSV:
        write_csv(snapshots, sink)
    else:
        write_json(snapshots, sink)


def _store(target: Path, produce: Callable[[Sink], object]) -> None:
    """Raises WrongUse where the file is there already, UserError where it cannot be written."""
    if target.exists() or target.is_symlink():
        raise WrongUse(f"{target} is there already and stays as it is.", "Name another file.")
    try:
        files.write_from(target, produce)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror}.", "Name another place.") from error
