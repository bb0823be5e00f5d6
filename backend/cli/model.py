"""`model add|list|use`: the base models of this home."""

from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import words
from backend.cli.endings import Endings, Stopped
from backend.cli.hosting import acting, reading
from backend.cli.invocation import EPILOG, invocation_of
from backend.cli.model_choice import add_model
from backend.cli.operations import carry_out
from backend.cli.progress import reporter_for
from backend.errors import UserError
from backend.host import ask
from backend.library.shelf import VERSION_ID
from backend.protocol.host import Done, Follow, GetHead, HeadReply, ListModels, ModelsReply, UseModel
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The base models that a head can be made of.")
    group.command("add", epilog=EPILOG)(add)
    group.command("list", epilog=EPILOG)(list_all)
    group.command("use", epilog=EPILOG)(use)
    app.add_typer(group, name="model")


def add(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(help="A model folder, a .gguf file, starter, or owner/name on the Hugging Face hub.")
    ],
    name: Annotated[str, typer.Option(help="What to call it; otherwise its file's name.")] = "",
) -> None:
    """Check a model and copy it into the library."""
    invocation = invocation_of(context)
    with Endings() as endings, acting(invocation) as host:
        reporter = reporter_for(invocation.output, lines=False)
        try:
            ask(host, Follow(), Done)
            base = add_model(host, source, name, reporter, endings)
        except Stopped as error:
            raise UserError(
                "The model was not added: stopped on the way.", f"Again: espalier model add {source}"
            ) from error
        finally:
            reporter.close()

    def draw(console: "Console") -> None:
        console.print(f"{base.name} is in the library as {base.slug} ({words.size(base.bytes)}).", markup=False)
        console.print(f"`espalier model use {base.slug}` trains on it.", markup=False)

    invocation.output.result(base, draw)


def list_all(context: typer.Context) -> None:
    """List the library."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        models = ask(host, ListModels(), ModelsReply).models
        used = ask(host, GetHead(), HeadReply).head.base

    def draw(console: "Console") -> None:
        from rich.table import Table

        if not models:
            console.print("No model yet. `espalier model add starter` adds a small one that comes with Espalier.")
            return
        table = Table("", "slug", "name", "parameters", "context", "size", "folder")
        for base in models:
            mark = "*" if base.slug == used else ""
            table.add_row(
                mark,
                base.slug,
                base.name,
                f"{base.parameters:,}",
                f"{base.context:,}",
                words.size(base.bytes),
                base.path,
            )
        console.print(table)

    rows = [{**fields(base), "used": base.slug == used} for base in models]
    invocation.output.result(rows, draw)


def use(context: typer.Context, slug: Annotated[str, typer.Argument(help="As `model list` shows it.")]) -> None:
    """Make a base the head's base, with a fresh adapter; a version is read back first, as by `version restore`."""
    invocation = invocation_of(context)
    with acting(invocation) as host:
        if VERSION_ID.fullmatch(slug):
            text = carry_out(host, invocation, UseModel(slug=slug)).text
        else:
            text = ask(host, UseModel(slug=slug), Done).text
        reply = ask(host, GetHead(), HeadReply)
    invocation.output.result(reply.head, lambda console: console.print(text, markup=False))
