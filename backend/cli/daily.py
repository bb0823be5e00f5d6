"""`daily list|take|thin`: the daily snapshots of the head."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import words
from backend.cli.hosting import acting, reading
from backend.cli.invocation import EPILOG, invocation_of
from backend.errors import UserError
from backend.host import Host, ask
from backend.protocol.host import DailiesReply, DailyTaken, Done, Follow, GetDailies, Notice, TakeDaily, ThinDailies
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console

LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 3600.0
"""A large head on a slow disk; the host goes on with it in any case."""


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The daily snapshots of the head.")
    group.command("list", epilog=EPILOG)(list_all)
    group.command("take", epilog=EPILOG)(take)
    group.command("thin", epilog=EPILOG)(thin)
    app.add_typer(group, name="daily")


def list_all(context: typer.Context) -> None:
    """List the snapshots, oldest first, and which of them the rule would let go."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        reply = ask(host, GetDailies(), DailiesReply)

    def draw(console: "Console") -> None:
        from rich.table import Table

        if not reply.snapshots:
            console.print("No snapshot yet. One is taken each day on which the head has moved; `espalier daily take`.")
            return
        table = Table("day", "checkpoint", "size", "folder", "")
        for one in reply.snapshots:
            mark = "would go" if one.day in reply.going else ""
            table.add_row(
                one.day, str(one.checkpoint), words.size(one.bytes), str(invocation.home.root / one.path), mark
            )
        console.print(table)

    rows = [{**fields(one), "would_go": one.day in reply.going} for one in reply.snapshots]
    invocation.output.result(rows, draw)


def take(context: typer.Context) -> None:
    """Take today's snapshot now."""
    invocation = invocation_of(context)
    with acting(invocation) as host:
        ask(host, Follow(), Done)
        invocation.output.note(ask(host, TakeDaily(), Done).text)
        path = await_taken(host)
    text = f"The head's snapshot of today lies in {path}, read back and verified."
    invocation.output.result({"path": path, "text": text}, lambda console: console.print(text, markup=False))


def await_taken(host: Host) -> str:
    """Where the snapshot lies, once it is verified; raises UserError when it was not taken."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for event in host.pump():
            match event:
                case DailyTaken(path=path):
                    return path
                case Notice(level="error", text=text, hint=hint):
                    raise UserError(text, hint)
        host.wait(LOOK_SECONDS)
    raise UserError("The snapshot is not taken yet.", "`espalier daily list` shows it once it is.")


def thin(
    context: typer.Context,
    confirm: Annotated[bool, typer.Option("--confirm", help="Carry it out; without this it is only shown.")] = False,
) -> None:
    """Show which snapshots the rule lets go, with their sizes; with --confirm they go to the trash."""
    invocation = invocation_of(context)
    with acting(invocation) if confirm else reading(invocation) as host:
        reply = ask(host, GetDailies(), DailiesReply)
        done = ask(host, ThinDailies(days=reply.going), Done) if confirm else None
    gone = [one for one in reply.snapshots if one.day in reply.going]
    total = sum(one.bytes for one in gone)

    def draw(console: "Console") -> None:
        for one in gone:
            console.print(f"{one.day}  {words.size(one.bytes)}  {invocation.home.root / one.path}", markup=False)
        if not gone:
            console.print("The rule lets no snapshot go.")
        elif done is not None:
            console.print(done.text, markup=False)
        else:
            console.print(
                f"{words.counted(len(gone), 'snapshot')} would go to the trash, {words.size(total)}. Nothing was moved."
            )
            console.print(
                "`espalier daily thin --confirm` does it; `espalier settings set daily.thin true` does it daily."
            )

    rows = [fields(one) for one in gone]
    invocation.output.result({"going": rows, "bytes": total, "done": confirm}, draw)
