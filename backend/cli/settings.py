"""`settings get|set`: the settings of a home, each with the line that says what it does."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from backend import settings
from backend.cli.hosting import acting
from backend.cli.invocation import EPILOG, invocation_of
from backend.errors import WrongUse
from backend.host import ask
from backend.options import Option, options
from backend.protocol.host import Done, PutSetting
from backend.runtime.checking import require_usable
from backend.runtime.interpreter import SETTING

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The settings of the home, kept in its config.toml.")
    group.command("get", epilog=EPILOG)(get)
    group.command("set", epilog=EPILOG)(put)
    app.add_typer(group, name="settings")


def get(
    context: typer.Context,
    key: Annotated[
        str, typer.Argument(help="For example job.learning_rate, or a group such as job; all without.")
    ] = "",
) -> None:
    """Show settings: value, default, and what they do."""
    invocation = invocation_of(context)
    found = chosen(list(options(settings.load(invocation.home))), key)

    def draw(console: "Console") -> None:
        for option in found:
            changed = "" if option.value == option.default else f"  (default {shown(option.default)})"
            console.print(f"{option.key} = {shown(option.value)}{changed}", markup=False)
            console.print(f"    {option.description}", markup=False, style="dim")

    rows = [
        {"key": o.key, "value": msgspec.to_builtins(o.value), "default": o.default, "description": o.description}
        for o in found
    ]
    invocation.output.result(rows[0] if key and found[0].key == key else rows, draw)


def put(context: typer.Context, key: str, value: str) -> None:
    """Change one setting. Jobs that wait already keep what they froze."""
    invocation = invocation_of(context)
    if key == SETTING and value.strip():
        value = require_usable(value.strip()).python
    with acting(invocation) as host:
        ask(host, PutSetting(key=key, value=value), Done)
    [option] = chosen(list(options(settings.load(invocation.home))), key)
    invocation.output.result(
        {"key": key, "value": option.value, "default": option.default, "description": option.description},
        lambda console: console.print(f"{key} = {shown(option.value)}", markup=False),
    )


def chosen(found: list[Option], key: str) -> list[Option]:
    """One setting, a group, or all. Raises WrongUse for an unknown key."""
    picked = [option for option in found if not key or option.key == key or option.key.startswith(f"{key}.")]
    if not picked:
        raise WrongUse(f"There is no setting named {key}.", "`espalier settings get` lists them all.")
    return picked


def shown(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) or '""'
