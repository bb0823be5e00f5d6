"""`consolidate`: merges what the head has learned into a new version, which training then goes on from."""

from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import words
from backend.cli.gate_words import gate_lines
from backend.cli.hosting import acting, reading
from backend.cli.invocation import EPILOG, Invocation, invocation_of
from backend.cli.operations import carry_out
from backend.cli.version_choice import find_version, version_row
from backend.datasets.visible import visible
from backend.domain.version import Precision, Version
from backend.errors import ExitStatus
from backend.host import ask
from backend.protocol.keeping import Consolidate, ConsolidationPlan, GetConsolidation, ListVersions, VersionsReply
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    app.command("consolidate", epilog=EPILOG)(consolidate)


def consolidate(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="Part of its folder's name; else the name of the last file.")] = "",
    description: Annotated[str, typer.Option(help="A sentence that is kept in it.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag for it; may be given several times.")] = None,
    float32: Annotated[
        bool,
        typer.Option("--float32", help="Save its weights in float32; else as the base's, if that is exact enough."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would happen, and the space it takes.")
    ] = False,
) -> None:
    """Merge the head's adapter into its base: a new version, verified before the head stands on it."""
    invocation = invocation_of(context)
    precision = Precision.FLOAT32 if float32 else Precision.BASE
    if dry_run:
        _show_plan(invocation, precision)
        return
    wanted = Consolidate(name=name, description=description, tags=tuple(tag or ()), precision=precision)
    with acting(invocation) as host:
        ended = carry_out(host, invocation, wanted)
        reply = ask(host, ListVersions(), VersionsReply)
    made = find_version(reply, ended.subject)

    def draw(console: "Console") -> None:
        console.print(ended.text, markup=False)
        draw_made(console, invocation, made)

    value = {"text": ended.text, "version": version_row(invocation.home, reply, made)}
    invocation.output.result(value, draw)


def draw_made(console: "Console", invocation: Invocation, made: Version) -> None:
    """What came of it: id, folder, and what the merge gate measured."""
    console.print(f"{made.id} lies in {invocation.home.root / made.path}, {words.size(made.bytes)}", markup=False)
    if made.card.gate is not None:
        for line in gate_lines(made.card.gate):
            console.print(f"  {line}", markup=False)
    console.print(f"Training goes on from {made.id}. `espalier undo` goes back to before it.", markup=False)


def draw_plan(console: "Console", plan: ConsolidationPlan) -> None:
    if not plan.jobs:
        console.print("There is nothing to consolidate.")
        return
    files = ", ".join(visible(job) for job in plan.jobs)
    console.print(f"{plan.version} would be made of {plan.base} and the training of {files}.", markup=False)
    for number, step in enumerate(plan.steps, start=1):
        console.print(f"  {number}. {step}", markup=False)
    console.print(
        f"It takes {words.size(plan.version_bytes)}, or {words.size(plan.float32_bytes)} where the merge gate asks for"
        f" float32, and {words.size(plan.backup_bytes)} for the backup before it."
    )
    console.print(
        f"{words.size(plan.needed_bytes)} must be free, what stays in reserve included;"
        f" {words.size(plan.free_bytes)} are."
    )


def _show_plan(invocation: Invocation, precision: Precision) -> None:
    with reading(invocation) as host:
        plan = ask(host, GetConsolidation(precision=precision), ConsolidationPlan)
    invocation.output.result(fields(plan), lambda console: draw_plan(console, plan))
    if plan.refusal:
        invocation.output.note(f"It cannot be begun now: {plan.refusal} {plan.hint}".rstrip())
        raise typer.Exit(ExitStatus.REFUSED)
    invocation.output.note("Nothing was done. `espalier consolidate` does it.")
