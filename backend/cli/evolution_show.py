"""`evolution show`: the examples of a run and what became of them, one step, one example over time, two compared."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
import typer

from backend.cli import evolution_view as view
from backend.cli.evolution_runs import Only, Watched, chosen, run_named, runs_of, scored, snapshot_of, watched
from backend.cli.hosting import reading
from backend.cli.invocation import invocation_of
from backend.cli.output import Output
from backend.domain.snapshot import Scored, Snapshot
from backend.errors import WrongUse
from backend.evolution.find import find_example, find_run
from backend.host import Host, ask
from backend.protocol.evolution import AnswersReply, GetAnswers, RunReply
from backend.records import fields

RUN_HELP = "Number, folder, name of the file (its latest run), or the beginning of the file's hash."


def show(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help=RUN_HELP)],
    step: Annotated[int | None, typer.Option(min=0, help="The answers of this step, beside what was expected.")] = None,
    example: Annotated[str, typer.Option(help="One example over time, by the beginning of its id.")] = "",
    compare: Annotated[
        int | None, typer.Option(min=0, metavar="STEP", help="Compare with this step of the same run.")
    ] = None,
    compare_with: Annotated[str, typer.Option(metavar="RUN:STEP", help="Compare with a step of another run.")] = "",
    only: Annotated[Only | None, typer.Option(help="Only examples of this kind.")] = None,
    search: Annotated[str, typer.Option(help="Only those whose question or expected answer holds this.")] = "",
) -> None:
    """Show what became of the examples of a training: learned, still wrong, forgotten, with losses and answers."""
    invocation = invocation_of(context)
    if (compare is not None) and compare_with:
        raise WrongUse("--compare and --compare-with both name the other side.", "Give one of them.")
    if example and (compare is not None or compare_with or step is not None):
        raise WrongUse("--example shows every step already.", "Give it alone.")
    with reading(invocation) as host:
        reply = run_named(host, run)
        found = chosen(watched(reply), only, search)
        if example:
            _show_example(invocation.output, host, reply, example)
        elif compare is not None or compare_with:
            here = snapshot_of(host, reply.run, _last(reply) if step is None else step)
            _show_comparison(invocation.output, here, _other(host, reply, compare, compare_with), found)
        elif step is not None:
            _show_step(invocation.output, snapshot_of(host, reply.run, step), found)
        else:
            _show_run(invocation.output, reply, found, scored(snapshot_of(host, reply.run, _last(reply))))


def _show_run(output: Output, reply: RunReply, found: Sequence[Watched], last: Mapping[str, Scored]) -> None:
    value = {
        "run": fields(reply.run),
        "examples": [{**one.row(), "last": _fields(last.get(one.id))} for one in found],
        "analysis": _fields(reply.analysis),
        "forgetting": _fields(reply.forgetting),
    }
    output.result(value, lambda console: view.draw_run(console, reply, found, last))


def _show_step(output: Output, snapshot: Snapshot, found: Sequence[Watched]) -> None:
    ids = {one.id for one in found}
    kept = tuple(one for one in snapshot.examples if one.example_id in ids)
    value = {**fields(snapshot), "examples": [fields(one) for one in kept]}
    output.result(value, lambda console: view.draw_step(console, snapshot, kept))


def _show_comparison(output: Output, here: Snapshot, there: Snapshot, found: Sequence[Watched]) -> None:
    rows = view.compared(found, scored(here), scored(there))
    value = {"from": view.place(there), "to": view.place(here), "examples": [row.row() for row in rows]}
    output.result(value, lambda console: view.draw_comparison(console, there, here, rows))


def _show_example(output: Output, host: Host, reply: RunReply, wanted: str) -> None:
    example = find_example(reply.examples, wanted)
    answers = ask(host, GetAnswers(run=reply.run.id, example_id=example.example_id), AnswersReply)
    course = next(one for one in watched(reply) if one.id == example.example_id)
    value = {
        "run": fields(reply.run),
        "example": course.row(),
        "answers": [fields(one) for one in answers.answers],
    }
    output.result(value, lambda console: view.draw_example(console, course, answers.answers))


def _other(host: Host, reply: RunReply, compare: int | None, compare_with: str) -> Snapshot:
    """The side to compare with. Raises WrongUse."""
    if compare is not None:
        return snapshot_of(host, reply.run, compare)
    name, _, step = compare_with.rpartition(":")
    if not name or not (step.isascii() and step.isdecimal()):
        raise WrongUse(f"{compare_with!r} is no RUN:STEP.", "For example identity:100.")
    return snapshot_of(host, find_run(runs_of(host), name), int(step))


def _fields(record: msgspec.Struct | None) -> dict[str, Any] | None:
    return None if record is None else fields(record)


def _last(reply: RunReply) -> int:
    """Raises WrongUse where there is no snapshot."""
    if not reply.run.steps:
        raise WrongUse(f"{reply.run.folder} has no snapshot yet.", "The first is taken before its first step.")
    return reply.run.steps[-1]
