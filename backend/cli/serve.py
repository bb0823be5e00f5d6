"""`serve`: the HTTP API and the page that reads it, until a signal comes."""

import importlib.util
import os
import secrets
from typing import Annotated

import typer

from backend.cli.endings import Endings
from backend.cli.invocation import EPILOG, invocation_of
from backend.errors import UserError, WrongUse

TOKEN_VARIABLE = "ESPALIER_API_TOKEN"  # the variable's name
LEAST_TOKEN = 16
NEEDED = ("starlette", "uvicorn")


def register(app: typer.Typer) -> None:
    app.command("serve", epilog=EPILOG)(serve)


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Address to listen at; others than this machine's own are not encrypted.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 8080,
    token: Annotated[
        str,
        typer.Option(help=f"What clients must know (else ${TOKEN_VARIABLE}, else a random one).", show_default=False),
    ] = "",
) -> None:
    """Answer the HTTP API, read-only, beside a host or without one. Ctrl-C ends it."""
    invocation = invocation_of(context)
    require_packages()
    from backend.api import access, server  # need what only the extra `api` installs
    from backend.api.app import application
    from backend.api.pages import VIEWER

    chosen = token_from(token)
    access.require_one_address(host)
    with Endings() as endings, server.bound(host, port) as listener:
        names = access.names_of(host, listener.getsockname()[1])
        base = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        page = f"{base}{VIEWER}#token={chosen}"
        app = application(invocation.home, access.Access(names, chosen))
        output = invocation.output
        output.line({"event": "serving", "url": base, "viewer": page, "token": chosen})
        output.show(
            lambda console: console.print(f"The API answers at {base}\nToken: {chosen}\nLook: {page}", markup=False)
        )
        if not access.is_of_this_machine(host):
            output.note(f"{host} can be reached by other machines, and nothing on the way is encrypted.")
        output.note("Ctrl-C ends it.")
        server.serve(app, listener, lambda: endings.count > 0)


def require_packages() -> None:
    """Raises UserError where the extra `api` is not installed."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(
            f"The API needs {' and '.join(missing)}, which this installation lacks.",
            'Run `python3 start.py setup`, or in your own environment `pip install "espalier[api]"`.',
        )


def token_from(given: str) -> str:
    """The token that was chosen, else a random one. Raises WrongUse for one that could be guessed."""
    chosen = given or os.environ.get(TOKEN_VARIABLE, "") or secrets.token_urlsafe(32)
    if len(chosen) < LEAST_TOKEN or not chosen.isascii() or not all(c.isalnum() or c in "-._~" for c in chosen):
        raise WrongUse(
            f"A token has at least {LEAST_TOKEN} characters: letters, digits, and - . _ ~",
            "Leave it away for a random one.",
        )
    return chosen
