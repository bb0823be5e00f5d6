"""`version tag|verify|restore|export`: what can be done with versions that stay."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.hosting import acting, changing, reading
from backend.cli.invocation import invocation_of
from backend.cli.operations import carry_out
from backend.cli.table import draw_table
from backend.cli.undo import place
from backend.cli.version_choice import VERSION_HELP, find_version, version_row
from backend.cli.version_view import state_of
from backend.domain.version import Condition
from backend.errors import ExitStatus
from backend.host import ask
from backend.protocol.host import Done, GetHead, HeadReply
from backend.protocol.keeping import (
    ExportVersion,
    ListVersions,
    RestoreVersion,
    TagVersion,
    VerifyVersions,
    VersionsReply,
)
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console

Named = Annotated[str, typer.Argument(metavar="VERSION", help=VERSION_HELP)]


def tag(
    context: typer.Context,
    version: Named,
    tags: Annotated[list[str] | None, typer.Argument(metavar="[TAG]...", help="Tags to give it.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", metavar="TAG", help="Take this one away.")] = None,
) -> None:
    """Give a version tags, or take some away; without any show those it has."""
    invocation = invocation_of(context)
    with changing(invocation) if tags or remove else reading(invocation) as host:
        found = find_version(ask(host, ListVersions(), VersionsReply), version)
        wanted = tuple(dict.fromkeys(one for one in (*found.tags, *(tags or ())) if one not in (remove or ())))
        if tags or remove:
            ask(host, TagVersion(version=found.id, tags=wanted), Done)
    text = f"{found.id}: {', '.join(wanted) or 'no tag'}"
    value = {"version": found.id, "tags": list(wanted)}
    invocation.output.result(value, lambda console: console.print(text, markup=False))


def verify(
    context: typer.Context,
    versions: Annotated[list[str] | None, typer.Argument(metavar="[VERSION]...", help="None means all.")] = None,
) -> None:
    """Read every byte of versions back from the disk and compare it with what was recorded."""
    invocation = invocation_of(context)
    with acting(invocation) as host:
        before = ask(host, ListVersions(), VersionsReply)
        ids = tuple(dict.fromkeys(find_version(before, one).id for one in versions or ()))
        ended = carry_out(host, invocation, VerifyVersions(versions=ids))
        reply = ask(host, ListVersions(), VersionsReply)
    found = [one for one in reply.versions if not ids or one.id in ids]

    def draw(console: "Console") -> None:
        if found:
            draw_table(console, ("id", "name", "state"), [(one.id, one.card.slug, state_of(one)) for one in found])
        console.print(ended.text, markup=False)

    rows = [version_row(invocation.home, reply, one) for one in found]
    invocation.output.result({"text": ended.text, "versions": rows}, draw)
    if any(one.condition is not Condition.WHOLE for one in found):
        raise typer.Exit(ExitStatus.FAILED)


def restore(context: typer.Context, version: Named) -> None:
    """Set the head to a version: its merged model, no adapter. `espalier undo` goes back to the present head."""
    invocation = invocation_of(context)
    with acting(invocation) as host:
        found = find_version(ask(host, ListVersions(), VersionsReply), version)
        before = ask(host, GetHead(), HeadReply).head
        ended = carry_out(host, invocation, RestoreVersion(version=found.id))
        after = ask(host, GetHead(), HeadReply).head

    def draw(console: "Console") -> None:
        console.print(ended.text, markup=False)
        console.print(f"The head was {place(before, {})}.", markup=False)
        console.print(f"The head is  {place(after, {})}. `espalier undo` goes back.", markup=False)

    value = {"version": found.id, "text": ended.text, "before": fields(before), "after": fields(after)}
    invocation.output.result(value, draw)


def export(
    context: typer.Context,
    version: Named,
    target: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder; it must not exist.")],
    adapter_only: Annotated[
        bool, typer.Option("--adapter-only", help="Only the adapter that was merged, for PEFT.")
    ] = False,
) -> None:
    """Copy a version out of the home: a model folder that plain transformers loads, or its adapter alone."""
    invocation = invocation_of(context)
    place = target.expanduser().absolute()
    with acting(invocation) as host:
        found = find_version(ask(host, ListVersions(), VersionsReply), version)
        wanted = ExportVersion(version=found.id, target=str(place), adapter_only=adapter_only)
        ended = carry_out(host, invocation, wanted)
    value = {"version": found.id, "path": str(place), "adapter_only": adapter_only, "text": ended.text}
    invocation.output.result(value, lambda console: console.print(ended.text, markup=False))
