"""`version list` and `version show`: what there is, and everything about one."""

from typing import Annotated

import typer

from backend.cli import version_view as view
from backend.cli.hosting import reading
from backend.cli.invocation import invocation_of
from backend.cli.version_choice import VERSION_HELP, find_version, version_row
from backend.host import ask
from backend.protocol.keeping import ListVersions, VersionsReply


def list_all(context: typer.Context) -> None:
    """List the versions, oldest first."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        reply = ask(host, ListVersions(), VersionsReply)
    rows = [version_row(invocation.home, reply, one) for one in reply.versions]
    invocation.output.result(rows, lambda console: view.draw_list(console, reply))


def show(
    context: typer.Context,
    version: Annotated[str, typer.Argument(metavar="VERSION", help=VERSION_HELP)],
) -> None:
    """Show a version: lineage, what was trained and how it went, what the merge gate measured, sizes and state."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        reply = ask(host, ListVersions(), VersionsReply)
    found = find_version(reply, version)
    row = version_row(invocation.home, reply, found)
    invocation.output.result(row, lambda console: view.draw_version(console, invocation.home, reply, found))
