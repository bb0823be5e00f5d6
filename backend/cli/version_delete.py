"""`version delete`: the identity card first; with its id typed, a verified backup, then the trash."""

from typing import Annotated

import typer

from backend.cli import version_view as view
from backend.cli.hosting import acting, reading
from backend.cli.invocation import Invocation, invocation_of
from backend.cli.operations import carry_out
from backend.cli.version_choice import VERSION_HELP, find_version, version_row
from backend.errors import ExitStatus, Refused
from backend.host import Host, ask
from backend.protocol.keeping import DeleteVersion, DeletionCard, GetDeletion, ListVersions, VersionsReply
from backend.records import fields


def delete(
    context: typer.Context,
    version: Annotated[str, typer.Argument(metavar="VERSION", help=VERSION_HELP)],
    confirm: Annotated[str, typer.Option(metavar="ID", help="Its id, typed once more; without it nothing goes.")] = "",
    end_undo: Annotated[
        bool, typer.Option("--end-undo", help="Let undo no longer reach back to it, where it still does.")
    ] = False,
) -> None:
    """Show what would go; with --confirm ID back it up, verify that, and move it to the trash for 24 hours."""
    invocation = invocation_of(context)
    if not confirm:
        with reading(invocation) as host:
            reply, card = _asked(host, version)
        _show_card(invocation, reply, card)
        raise typer.Exit(ExitStatus.REFUSED)
    with acting(invocation) as host:
        _, card = _asked(host, version)
        name = card.version.id
        if confirm != name:
            raise Refused(
                f"{confirm!r} is not its id: nothing was deleted.",
                f"`espalier version delete {name} --confirm {name}` deletes it.",
            )
        ended = carry_out(host, invocation, DeleteVersion(version=name, typed=confirm, end_undo=end_undo))
    value = {"version": name, "done": True, "text": ended.text, "operation": fields(ended)}
    invocation.output.result(value, lambda console: console.print(ended.text, markup=False))


def _asked(host: Host, version: str) -> tuple[VersionsReply, DeletionCard]:
    reply = ask(host, ListVersions(), VersionsReply)
    return reply, ask(host, GetDeletion(version=find_version(reply, version).id), DeletionCard)


def _show_card(invocation: Invocation, reply: VersionsReply, card: DeletionCard) -> None:
    name = card.version.id
    value = {
        "version": version_row(invocation.home, reply, card.version),
        "used_by": card.used_by,
        "undo_reaches": card.undo_reaches,
        "backup_bytes": card.backup_bytes,
        "refusal": card.refusal,
        "hint": card.hint,
        "done": False,
    }
    invocation.output.result(value, lambda console: view.draw_deletion(console, invocation.home, reply, card))
    if card.refusal:
        invocation.output.note(f"It cannot be deleted: {card.refusal} {card.hint}".rstrip())
    else:
        more = " --end-undo" if card.undo_reaches else ""
        invocation.output.note(f"Nothing was deleted. `espalier version delete {name} --confirm {name}{more}` does it.")
