"""The command line's root: puts the commands together and turns what they raise into exit statuses."""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from backend.cli import (
    backup,
    consolidate,
    control,
    daily,
    demo,
    doctor,
    evolution,
    failures,
    head,
    model,
    operations_list,
    queue,
    runtime,
    serve,
    snapshot,
    status,
    train,
    trash,
    undo,
    version,
)
from backend.cli import settings as settings_commands
from backend.cli.arguments import base_dir_in, hoisted
from backend.cli.invocation import Invocation
from backend.cli.output import Output, output_for, spell_what_can_be_shown
from backend.errors import ExitStatus, UserError
from backend.health.machine import own_version
from backend.paths import HOME_VARIABLE, Home
from backend.supervisor.launcher import Launcher

GROUPS = (
    train,
    status,
    control,
    snapshot,
    queue,
    evolution,
    serve,
    model,
    head,
    undo,
    consolidate,
    version,
    daily,
    backup,
    trash,
    operations_list,
    settings_commands,
    runtime,
    demo,
    doctor,
)


def main(arguments: Sequence[str] | None = None, launcher: Launcher | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        launcher: how engines are started; None starts the real one.
    """
    spell_what_can_be_shown()
    words = hoisted(sys.argv[1:] if arguments is None else arguments)
    output = output_for("--json" in words[: words.index("--")] if "--" in words else "--json" in words)
    try:
        command = typer.main.get_command(composed(output, launcher))
        status = command.main(args=words, prog_name="espalier", standalone_mode=False)
        return int(status or 0)
    except UserError as error:
        return failures.tell_user_error(output, error)
    except typer.TyperException as error:
        return failures.tell_wrong_use(output, error)
    except Exception as error:
        logging.getLogger(__name__).debug("A bug ended the command.", exc_info=True)
        return failures.tell_bug(output, Home.locate(base_dir_in(words)), error)


def composed(output: Output, launcher: Launcher | None) -> typer.Typer:
    """The program with all its commands, which speak through `output`."""
    app = typer.Typer(
        name="espalier",
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        rich_markup_mode=None,  # its frames cut the names of long options
        help=HELP,
    )

    @app.callback()
    def root(
        context: typer.Context,
        base_dir: Annotated[
            Path | None,
            typer.Option("--base-dir", metavar="DIR", help=f"Home folder (else ${HOME_VARIABLE}, else the usual one)."),
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="Nothing but JSON on standard output.")] = False,
        version: Annotated[
            bool, typer.Option("--version", is_eager=True, callback=show_version, help="Say which version this is.")
        ] = False,
    ) -> None:
        context.obj = Invocation(
            home=Home.locate(base_dir),
            home_chosen=base_dir is not None or bool(os.environ.get(HOME_VARIABLE)),
            output=output,
            launcher=launcher,
        )

    for group in GROUPS:
        group.register(app)
    return app


HELP = """Train your own language model day after day, and never lose training.

`espalier` alone opens the window, `espalier FILE...` hands it files, `espalier --self-check` tries whether all parts of
the program work. --base-dir and --json may stand before or after a command's name. Exit status: 0 done, 1 failed,
2 wrong use, 3 refused for safety."""


def show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(own_version())
        raise typer.Exit(ExitStatus.DONE)
