"""`version …`: the versions of the model, each a whole model folder that never changes."""

import typer

from backend.cli.invocation import EPILOG
from backend.cli.version_changes import export, restore, tag, verify
from backend.cli.version_compare import compare
from backend.cli.version_delete import delete
from backend.cli.version_list import list_all, show

COMMANDS = (
    ("list", list_all),
    ("show", show),
    ("compare", compare),
    ("tag", tag),
    ("verify", verify),
    ("restore", restore),
    ("delete", delete),
    ("export", export),
)


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Versions: whole models that never change, with their history.")
    for name, command in COMMANDS:
        group.command(name, epilog=EPILOG)(command)
    app.add_typer(group, name="version")
