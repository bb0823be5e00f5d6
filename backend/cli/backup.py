"""`backup create|list|verify|restore|cleanup`: copies of what was trained, and a way back from them."""

from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import backup_view as view
from backend.cli.backup_choice import wanted_of
from backend.cli.hosting import acting, reading
from backend.cli.invocation import EPILOG, invocation_of
from backend.cli.operations import carry_out
from backend.cli.version_choice import VERSION_HELP, find_version
from backend.domain.backup import Place, Subject
from backend.host import ask
from backend.protocol.keeping import (
    BackupsReply,
    CleanUpBackups,
    CreateBackup,
    ListBackups,
    ListVersions,
    RestoreBackup,
    VerifyBackups,
    VersionsReply,
)

if TYPE_CHECKING:
    from rich.console import Console

ID_HELP = "As `backup list` shows it, for example head_20260301_093000."


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Verified copies of versions, of the head, and of all else.")
    group.command("create", epilog=EPILOG)(create)
    group.command("list", epilog=EPILOG)(list_all)
    group.command("verify", epilog=EPILOG)(verify)
    group.command("restore", epilog=EPILOG)(restore)
    group.command("cleanup", epilog=EPILOG)(cleanup)
    app.add_typer(group, name="backup")


def create(
    context: typer.Context,
    version: Annotated[str, typer.Option("--version", metavar="VERSION", help=VERSION_HELP)] = "",
    checkpoint: Annotated[str, typer.Option("--checkpoint", metavar="NUMBER", help="A checkpoint.")] = "",
    daily: Annotated[str, typer.Option("--daily", metavar="DAY", help="The daily snapshot of YYYY-MM-DD.")] = "",
    base: Annotated[str, typer.Option("--base", metavar="SLUG", help="A base model of the library.")] = "",
    evolution: Annotated[str, typer.Option("--evolution", metavar="RUN", help="The snapshots of one run.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Kept with the backup.")] = "",
) -> None:
    """Copy the head, or what is named: read back from the disk and loaded once before it counts."""
    invocation = invocation_of(context)
    subject, of = wanted_of(version, checkpoint, daily, base, evolution)
    with acting(invocation) as host:
        if subject is Subject.VERSION:
            of = find_version(ask(host, ListVersions(), VersionsReply), of).id
        ended = carry_out(host, invocation, CreateBackup(subject=subject, of=of, reason=reason))
        reply = ask(host, ListBackups(), BackupsReply)
    value = {**view.row(reply, reply.backups[-1]), "text": ended.text}
    invocation.output.result(value, lambda console: console.print(ended.text, markup=False))


def list_all(context: typer.Context) -> None:
    """List the backups, oldest first, how each was verified last, and what cleaning up would let go."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        reply = ask(host, ListBackups(), BackupsReply)
    rows = [view.row(reply, one) for one in reply.backups]
    invocation.output.result(rows, lambda console: view.draw_list(console, reply))


def verify(
    context: typer.Context,
    backups: Annotated[list[str] | None, typer.Argument(metavar="[BACKUP]...", help=f"{ID_HELP} None: all.")] = None,
) -> None:
    """Read every copy back from the disk, in both places, and load it; make up what the second location lacks."""
    invocation = invocation_of(context)
    with acting(invocation) as host:
        ended = carry_out(host, invocation, VerifyBackups(backups=tuple(backups or ())))
        reply = ask(host, ListBackups(), BackupsReply)
    looked_at = [one for one in reply.backups if not backups or one.id in backups]
    value = {"text": ended.text, "backups": [view.row(reply, one) for one in looked_at]}
    invocation.output.result(value, lambda console: console.print(ended.text, markup=False))


def restore(
    context: typer.Context,
    backup: Annotated[str, typer.Argument(metavar="BACKUP", help=ID_HELP)],
    place: Annotated[
        Place | None, typer.Option("--from", help="The copy to take; else the first one that is whole.")
    ] = None,
) -> None:
    """Bring back what a backup holds, after its copy was verified. A head's backup becomes the head; undo goes back.

    Each part goes to its own place where it is missing or damaged there. A version that is still whole comes back as a
    new version.
    """
    invocation = invocation_of(context)
    with acting(invocation) as host:
        ended = carry_out(host, invocation, RestoreBackup(backup=backup, place=place))
    value = {"backup": backup, "text": ended.text}
    invocation.output.result(value, lambda console: console.print(ended.text, markup=False))


def cleanup(
    context: typer.Context,
    confirm: Annotated[bool, typer.Option("--confirm", help="Carry it out; without this it is only shown.")] = False,
) -> None:
    """Show which backups the rule lets go, and why the others stay; with --confirm they go to the trash."""
    invocation = invocation_of(context)
    with acting(invocation) if confirm else reading(invocation) as host:
        reply = ask(host, ListBackups(), BackupsReply)
        going = bool(reply.going or reply.bases)
        ended = carry_out(host, invocation, CleanUpBackups(backups=reply.going)) if confirm and going else None

    def draw(console: "Console") -> None:
        view.draw_going(console, reply)
        if ended is not None:
            console.print(ended.text, markup=False)
        elif going:
            console.print("Nothing was moved. `espalier backup cleanup --confirm` moves them to the trash for a day.")

    gone = [view.row(reply, one) for one in reply.backups if one.id in reply.going]
    value = {"going": gone, "bases": reply.bases, "done": ended is not None, "text": ended.text if ended else ""}
    invocation.output.result(value, draw)
