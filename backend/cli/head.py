"""`head show`: what is trained now."""

from typing import TYPE_CHECKING

import typer

from backend.cli import words
from backend.cli.hosting import reading
from backend.cli.invocation import EPILOG, invocation_of
from backend.host import ask
from backend.protocol.host import GetHead, HeadReply
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The head: base model and adapter in training.")
    group.command("show", epilog=EPILOG)(show)
    app.add_typer(group, name="head")


def show(context: typer.Context) -> None:
    """Show the head: base, adapter, checkpoint, and where it lies."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        reply = ask(host, GetHead(), HeadReply)
    head, base = reply.head, reply.base
    folder = invocation.home.current_model

    def draw(console: "Console") -> None:
        if base is None:
            console.print(
                "No model is chosen yet. `espalier model use SLUG` chooses one; `espalier train` takes the starter."
            )
            return
        adapter, point = head.adapter, head.checkpoint
        console.print(f"base        {base.name} ({base.slug}), {base.path}", markup=False)
        console.print(
            f"adapter     LoRA r {adapter.r}, alpha {adapter.alpha:g}, {', '.join(adapter.targets)}", markup=False
        )
        if point is None:
            console.print("checkpoint  none yet: the adapter begins with the next job")
            return
        console.print(f"checkpoint  {point.id}: job {point.job}, step {point.step}, {point.reason}, {point.created_at}")
        console.print(f"steps       {words.counted(head.total_steps, 'step')} since the base was chosen")
        console.print(f"adapter in  {folder}", markup=False)

    value = {**fields(head), "base_model": None if base is None else fields(base), "current_model": str(folder)}
    invocation.output.result(value, draw)
