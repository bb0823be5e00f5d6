"""`operations list|cancel`: the long operations of a home, and a way out of the one under way."""

from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import words
from backend.cli.endings import Endings
from backend.cli.hosting import acting, reading
from backend.cli.invocation import EPILOG, invocation_of
from backend.cli.operations import follow
from backend.cli.table import draw_table
from backend.domain.operation import OperationState
from backend.errors import WrongUse
from backend.host import ask
from backend.protocol.host import Done, Follow
from backend.protocol.keeping import CancelOperation, GetOperations, OperationsReply
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Consolidations, backups and other long operations.")
    group.command("list", epilog=EPILOG)(list_all)
    group.command("cancel", epilog=EPILOG)(cancel)
    app.add_typer(group, name="operations")


def list_all(
    context: typer.Context,
    last: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
) -> None:
    """List what was begun, newest first, and how it ended."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        found = ask(host, GetOperations(last=last), OperationsReply).operations

    def draw(console: "Console") -> None:
        if not found:
            console.print("Nothing was begun yet.")
            return
        rows = [
            (
                str(one.id),
                str(one.kind),
                one.subject,
                str(one.state),
                words.moment(one.begun_at),
                words.moment(one.ended_at),
                one.text or one.step,
            )
            for one in found
        ]
        draw_table(console, ("", "what", "of", "state", "begun (UTC)", "ended (UTC)", ""), rows)

    invocation.output.result([fields(one) for one in found], draw)


def cancel(
    context: typer.Context,
    operation: Annotated[int | None, typer.Argument(metavar="[ID]", help="Its number; else the one under way.")] = None,
) -> None:
    """Break off the operation that is under way. What it had begun is taken back."""
    invocation = invocation_of(context)
    with Endings() as endings, acting(invocation) as host:
        ask(host, Follow(), Done)
        found = ask(host, GetOperations(), OperationsReply).operations
        running = next((one for one in found if one.state is OperationState.RUNNING), None)
        if running is None or operation not in (None, running.id):
            raise WrongUse("No such operation is under way.", "`espalier operations list` shows what was.")
        invocation.output.note(ask(host, CancelOperation(operation=running.id), Done).text)
        ended = follow(host, invocation, running, endings)
    text = f"{ended.kind} {ended.subject}: {ended.state}. {ended.text}"
    invocation.output.result(fields(ended), lambda console: console.print(text, markup=False))
