"""One call of the program: which home it is about and how it speaks."""

import dataclasses
from dataclasses import dataclass

import typer

from backend.cli.output import Output
from backend.paths import Home
from backend.supervisor.launcher import Launcher

EPILOG = "--base-dir DIR and --json may stand before or after the command."


@dataclass(frozen=True)
class Invocation:
    """What all commands share; the root command makes it."""

    home: Home
    home_chosen: bool
    """Named on the command line or by the environment, not the usual one."""
    output: Output
    launcher: Launcher | None
    """How a host in this process starts engines; None takes the real one."""

    def in_home(self, home: Home) -> "Invocation":
        return dataclasses.replace(self, home=home)


def invocation_of(context: typer.Context) -> Invocation:
    invocation = context.find_object(Invocation)
    assert invocation is not None
    return invocation
