"""`evolution list|show|export|pin|unpin`: what the model answered at each stage of each training."""

import typer

from backend.cli.evolution_export import export
from backend.cli.evolution_list import list_all
from backend.cli.evolution_pins import pin, unpin
from backend.cli.evolution_show import show
from backend.cli.invocation import EPILOG


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="What the model answered at each stage of each training.")
    for name, command in (("list", list_all), ("show", show), ("export", export), ("pin", pin), ("unpin", unpin)):
        group.command(name, epilog=EPILOG)(command)
    app.add_typer(group, name="evolution")
