"""`doctor`: looks at the machine and the home, and says what is wrong and how to mend it."""

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from backend import files
from backend.cli.invocation import EPILOG, invocation_of
from backend.cli.output import Output
from backend.errors import ExitStatus
from backend.health.check import Check, Watch, unwatched
from backend.health.home import home_checks
from backend.health.machine import machine_checks
from backend.health.rebuild import rebuild as make_again

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

LOOK_SECONDS = 0.2
MB = 1e6


def register(app: typer.Typer) -> None:
    app.command("doctor", epilog=EPILOG)(doctor)


def doctor(
    context: typer.Context,
    rebuild: Annotated[
        bool,
        typer.Option(
            "--rebuild",
            help="First make again from the folders what is lost: the whole database, or what is only an index.",
        ),
    ] = False,
) -> None:
    """Check versions, hardware, libraries and disk, and read back every byte that was kept. Nothing is changed.

    With --rebuild a database that is missing or cannot be read is made again from the folders: all but files that only
    waited in the queue. One that is whole stays; what is derived from it is written anew, and folders that it does not
    know are taken in. Nothing is deleted.
    """
    invocation = invocation_of(context)
    output = invocation.output
    checks: list[Check] = []

    def take(check: Check) -> None:
        checks.append(check)
        output.show(lambda console: _draw(console, check))

    with _watching(output) as watch:
        if rebuild:
            watch("making again what is lost")
            for check in make_again(invocation.home):
                take(check)
        for check in machine_checks():
            take(check)
        for check in home_checks(invocation.home, watch):
            take(check)
    wrong = [check for check in checks if not check.ok]
    summary = "Everything is in order." if not wrong else f"{len(wrong)} of {len(checks)} checks found a fault."
    output.result({"ok": not wrong, "checks": checks}, lambda console: console.print(summary))
    if wrong:
        raise typer.Exit(ExitStatus.FAILED)


@contextlib.contextmanager
def _watching(output: Output) -> Iterator[Watch]:
    """One line on a terminal that says what is read back and how far, and is gone afterwards."""
    consoles: list[Console] = []
    output.show(consoles.append)
    if not consoles or not consoles[0].is_terminal:
        yield unwatched
        return
    with consoles[0].status("Looking …") as status:
        yield lambda what: _shown_on(status, what)


def _shown_on(status: "Status", what: str) -> files.Heed:
    read, shown_at = 0, time.monotonic()
    status.update(f"{what} …")

    def heed(more: int) -> None:
        nonlocal read, shown_at
        read += more
        if time.monotonic() - shown_at >= LOOK_SECONDS:
            shown_at = time.monotonic()
            status.update(f"{what} … {read / MB:,.0f} MB read")

    return heed


def _draw(console: "Console", check: Check) -> None:
    console.print(line_of(check), markup=False, style=None if check.ok else "bold red")
    if check.hint:
        console.print(f"    {check.hint}", markup=False)


def line_of(check: Check) -> str:
    return f"{'ok   ' if check.ok else 'WRONG'}  {check.name:<18} {check.text}"
