"""How a command that went wrong ends: a message and a hint for users, a log entry for our own bugs."""

import traceback

import typer

from backend import files
from backend.cli.output import Output
from backend.clock import utc_now
from backend.errors import ExitStatus, UserError
from backend.paths import Home

LOG = "espalier.log"


def tell_user_error(output: Output, error: UserError) -> ExitStatus:
    output.error(error.message, error.hint)
    return error.exit_status


def tell_wrong_use(output: Output, error: typer.TyperException) -> int:
    """Words that the command line does not know."""
    output.error(error.format_message(), "`espalier --help` lists the commands, `espalier COMMAND --help` its options.")
    return error.exit_code


def tell_bug(output: Output, home: Home, error: Exception) -> ExitStatus:
    """A line for the user, the traceback for the log."""
    trace = "".join(traceback.format_exception(error))
    try:
        home.create()
        log = home.logs / LOG
        files.append_line(log, f"{utc_now()} ERROR backend.cli: {trace}".encode(errors="replace"))
        where = f"The details are in {log}; please report them."
    except (OSError, UserError):
        where = f"The log cannot be written, so here are the details:\n{trace}"
    output.error(f"Espalier made a mistake: {type(error).__name__}: {error}", where)
    return ExitStatus.FAILED
