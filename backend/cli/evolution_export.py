"""`evolution export`: every example at every step as CSV or JSON, one snapshot after the other."""

import csv
import enum
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from backend import files
from backend.cli import words
from backend.cli.evolution_runs import run_named, snapshot_of
from backend.cli.evolution_show import RUN_HELP
from backend.cli.hosting import reading
from backend.cli.invocation import invocation_of
from backend.domain.evolution import EvolutionRun
from backend.domain.snapshot import Scored, Snapshot
from backend.errors import UserError, WrongUse
from backend.host import Host

Sink = Callable[[bytes], object]
COLUMNS = ("run", "dataset_name", "training_step", "timestamp", *Scored.__struct_fields__, "right")


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
        export_of = _Export(host, found, steps)
        if target is None:
            export_of.write(sys.stdout.buffer.write, chosen)
            sys.stdout.flush()
            return
        _store(target, lambda sink: export_of.write(sink, chosen))
    text = f"{words.counted(export_of.rows, 'row')} of {words.counted(len(steps), 'snapshot')} are in {target}."
    value = {"path": str(target.absolute()), "format": chosen, "snapshots": len(steps), "rows": export_of.rows}
    invocation.output.result(value, lambda console: console.print(text, markup=False))


class _Export:
    """Holds one snapshot at a time."""

    def __init__(self, host: Host, run: EvolutionRun, steps: tuple[int, ...]) -> None:
        self._host = host
        self._run = run
        self._steps = steps
        self.rows = 0

    def write(self, sink: Sink, form: Format) -> None:
        if form is Format.CSV:
            self._write_csv(sink)
        else:
            self._write_json(sink)

    def _write_csv(self, sink: Sink) -> None:
        """As RFC 4180 says: lines end in CR LF, texts with line ends stand in quotes."""
        line = io.StringIO(newline="")
        writer = csv.DictWriter(line, COLUMNS)
        writer.writeheader()
        for row in self._rows():
            writer.writerow(row)
            sink(line.getvalue().encode())
            line.seek(0)
            line.truncate()
        sink(line.getvalue().encode())

    def _write_json(self, sink: Sink) -> None:
        """One list, an object a line."""
        sink(b"[")
        for number, row in enumerate(self._rows()):
            sink((b",\n" if number else b"\n") + msgspec.json.encode(row))
        sink(b"\n]\n")

    def _rows(self) -> Iterator[dict[str, object]]:
        for step in self._steps:
            snapshot = snapshot_of(self._host, self._run, step)
            for one in snapshot.examples:
                self.rows += 1
                yield row_of(snapshot, one)


def row_of(snapshot: Snapshot, one: Scored) -> dict[str, object]:
    return {
        "run": snapshot.run,
        "dataset_name": snapshot.dataset_name,
        "training_step": snapshot.training_step,
        "timestamp": snapshot.timestamp,
        **msgspec.structs.asdict(one),
        "right": one.right,
    }


def _store(target: Path, produce: Callable[[Sink], object]) -> None:
    """Raises WrongUse where the file is there already, UserError where it cannot be written."""
    if target.exists() or target.is_symlink():
        raise WrongUse(f"{target} is there already and stays as it is.", "Name another file.")
    try:
        files.write_from(target, produce)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror}.", "Name another place.") from error
