"""`runtime show|check|use`: which Python trains, the program's own or one with the user's own PyTorch."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from backend import settings
from backend.cli.hosting import acting
from backend.cli.invocation import EPILOG, Invocation, invocation_of
from backend.errors import ExitStatus
from backend.host import ask
from backend.protocol.host import Done, PutSetting
from backend.runtime.checking import check as looked_at
from backend.runtime.checking import require_usable
from backend.runtime.interpreter import SETTING
from backend.runtime.report import Report, advice, device_words, summary

if TYPE_CHECKING:
    from rich.console import Console

OWN = "own"


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Which Python trains: the program's own, or your own PyTorch.")
    group.command("show", epilog=EPILOG)(show)
    group.command("check", epilog=EPILOG)(check)
    group.command("use", epilog=EPILOG)(use)
    app.add_typer(group, name="runtime")


def show(context: typer.Context) -> None:
    """Say which Python the next engine runs on."""
    invocation = invocation_of(context)
    named = settings.load(invocation.home).engine.python
    invocation.output.result(
        {"python": named or None},
        lambda console: console.print(named or "The program's own Python.", markup=False),
    )


def check(
    context: typer.Context,
    path: Annotated[str, typer.Argument(help="A Python or its environment's folder; the one in use without.")] = "",
) -> None:
    """Look whether a Python can run the engine: versions, devices, or what is missing. Nothing is changed."""
    invocation = invocation_of(context)
    report = looked_at("" if path == OWN else path or settings.load(invocation.home).engine.python)
    tell(invocation, report)
    if not report.usable:
        if not invocation.output.json:  # programs have been told all of it
            invocation.output.error(summary(report), advice(report))
        raise typer.Exit(ExitStatus.REFUSED)


def use(
    context: typer.Context,
    path: Annotated[str, typer.Argument(help="A Python, its environment's folder, or `own`.")],
) -> None:
    """Train with the PyTorch of that Python from the next start of the engine on. It is checked first."""
    invocation = invocation_of(context)
    if path == OWN:
        store(invocation, "")
        invocation.output.result({"python": None}, lambda console: console.print("The program's own Python trains."))
        return
    report = require_usable(path)
    store(invocation, report.python)
    tell(invocation, report)


def store(invocation: Invocation, python: str) -> None:
    """Through the host, which takes it for the next engine."""
    with acting(invocation) as host:
        ask(host, PutSetting(key=SETTING, value=python), Done)


def tell(invocation: Invocation, report: Report) -> None:
    """Show a usable one with its versions and devices; in JSON all of it, whatever it is."""

    def draw(console: "Console") -> None:
        if not report.usable:
            return  # what is wrong is told as an error
        console.print(f"{summary(report)} Python {report.version}", markup=False)
        console.print(", ".join(f"{one.name} {one.version}" for one in report.libraries), markup=False, style="dim")
        for device in report.devices:
            console.print(device_words(device), markup=False)

    fields = {"usable": report.usable, "pip_line": report.pip_line, **msgspec.to_builtins(report)}
    invocation.output.result(fields, draw)
