"""`doctor`: looks at the machine and the home, and says what is wrong and how to mend it."""

from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.invocation import EPILOG, invocation_of
from backend.errors import ExitStatus
from backend.health.check import Check
from backend.health.home import home_checks
from backend.health.machine import machine_checks
from backend.health.rebuild import rebuild as rebuild_indexes

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    app.command("doctor", epilog=EPILOG)(doctor)


def doctor(
    context: typer.Context,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="First make again from the files what is only an index of them.")
    ] = False,
) -> None:
    """Check versions, hardware, libraries, disk, database, models, checkpoints and snapshots. Nothing is changed.

    With --rebuild the index of evolution is made again from its files; no file is changed.
    """
    invocation = invocation_of(context)
    rebuilt = rebuild_indexes(invocation.home) if rebuild else []
    checks = [*rebuilt, *machine_checks(), *home_checks(invocation.home)]
    wrong = [check for check in checks if not check.ok]

    def draw(console: "Console") -> None:
        for check in checks:
            console.print(line_of(check), markup=False, style=None if check.ok else "bold red")
            if check.hint:
                console.print(f"    {check.hint}", markup=False)
        console.print(
            "Everything is in order." if not wrong else f"{len(wrong)} of {len(checks)} checks found a fault."
        )

    invocation.output.result({"ok": not wrong, "checks": checks}, draw)
    if wrong:
        raise typer.Exit(ExitStatus.FAILED)


def line_of(check: Check) -> str:
    return f"{'ok   ' if check.ok else 'WRONG'}  {check.name:<18} {check.text}"
