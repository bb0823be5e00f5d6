"""A run as CSV or JSON for other programs: one line for each example and step, one snapshot in memory at a time."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator

import msgspec

from backend.domain.snapshot import LeftOut, Snapshot

Sink = Callable[[bytes], object]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so may be run by a spreadsheet (OWASP, CSV injection)."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One example at one step."""

    run: str
    step: int
    example_id: str
    input: str
    expected: str
    answer: str | None
    loss: float | None
    exact: bool | None
    similarity: float | None
    right: bool | None
    output_length: int | None
    left_out: LeftOut | None
    heldout: bool
    pinned: bool


def lines(snapshots: Iterable[Snapshot]) -> Iterator[Line]:
    """In the order of the snapshots."""
    for snapshot in snapshots:
        for one in snapshot.examples:
            yield Line(
                run=snapshot.run,
                step=snapshot.training_step,
                example_id=one.example_id,
                input=one.input,
                expected=one.expected_output,
                answer=one.model_output,
                loss=one.loss,
                exact=one.exact_match,
                similarity=one.similarity,
                right=one.right,
                output_length=one.output_length,
                left_out=one.left_out,
                heldout=one.heldout,
                pinned=one.pinned,
            )


def write_csv(snapshots: Iterable[Snapshot], sink: Sink) -> None:
    """UTF-8, as RFC 4180 has it. A text that a spreadsheet would take for a formula has an apostrophe before it."""
    row = io.StringIO(newline="")
    writer = csv.writer(row)
    writer.writerow(Line.__struct_fields__)
    for line in lines(snapshots):
        sink(_taken(row))
        writer.writerow([_cell(value) for value in msgspec.structs.astuple(line)])
    sink(_taken(row))


def write_json(snapshots: Iterable[Snapshot], sink: Sink) -> None:
    """A list with one object a line; texts as they are."""
    before = b"[\n"
    for line in lines(snapshots):
        sink(before + msgspec.json.encode(line))
        before = b",\n"
    sink(b"\n]\n" if before == b",\n" else b"[]\n")


def _cell(value: object) -> object:
    """Truth values as in JSON; None is an empty cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _taken(row: io.StringIO) -> bytes:
    text = row.getvalue()
    row.seek(0)
    row.truncate()
    return text.encode(errors="replace")
