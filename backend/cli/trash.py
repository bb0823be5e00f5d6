"""`trash list|restore|empty`: what was deleted within the last day, and a way back for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import words
from backend.cli.hosting import acting, reading
from backend.cli.invocation import EPILOG, invocation_of
from backend.cli.operations import carry_out
from backend.cli.table import draw_table
from backend.domain.trash import TrashEntry
from backend.errors import ExitStatus, WrongUse
from backend.host import Host, ask
from backend.protocol.host import Done
from backend.protocol.keeping import EmptyTrash, ListTrash, RestoreTrash, TrashReply
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console

NAME_HELP = (
    "As `trash list` shows it; what it was (v001, a day, the id of a backup) does where only one thing was that."
)


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="What was deleted; it stays a day.")
    group.command("list", epilog=EPILOG)(list_all)
    group.command("restore", epilog=EPILOG)(restore)
    group.command("empty", epilog=EPILOG)(empty)
    app.add_typer(group, name="trash")


def list_all(context: typer.Context) -> None:
    """List what lies in the trash, oldest first, and when each goes for good."""
    invocation = invocation_of(context)
    with reading(invocation) as host:
        entries = ask(host, ListTrash(), TrashReply).entries

    def draw(console: "Console") -> None:
        if not entries:
            console.print("The trash is empty.")
            return
        draw_entries(console, entries)

    invocation.output.result([fields(one) for one in entries], draw)


def restore(context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help=NAME_HELP)]) -> None:
    """Put something back where it lay, after every byte of it was read back."""
    invocation = invocation_of(context)
    with acting(invocation) as host:
        [entry] = _chosen(host, [name])
        ended = carry_out(host, invocation, RestoreTrash(name=entry.name))
    value = {"name": entry.name, "kind": entry.kind, "of": entry.of, "text": ended.text}
    invocation.output.result(value, lambda console: console.print(ended.text, markup=False))


def empty(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help=f"{NAME_HELP} None means all.")] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Carry it out; without this it is only shown.")] = False,
) -> None:
    """Delete for good what lies in the trash, and free its space now; without --confirm only show it."""
    invocation = invocation_of(context)
    with acting(invocation) if confirm else reading(invocation) as host:
        entries = _chosen(host, names or [])
        if confirm and entries:
            ask(host, EmptyTrash(names=tuple(entry.name for entry in entries)), Done)
    total = sum(entry.bytes for entry in entries)
    counted = f"{words.counted(len(entries), 'thing')}, {words.size(total)}"

    def draw(console: "Console") -> None:
        if not entries:
            console.print("Nothing of Espalier lies in the trash.")
        elif confirm:
            console.print(f"Gone for good: {counted}.")
        else:
            draw_entries(console, entries)
            console.print(f"{counted}, would be gone for good. `espalier trash empty --confirm` does it.")

    value = {"entries": [fields(one) for one in entries], "bytes": total, "done": confirm}
    invocation.output.result(value, draw)
    if entries and not confirm:
        raise typer.Exit(ExitStatus.REFUSED)


def draw_entries(console: "Console", entries: Sequence[TrashEntry]) -> None:
    rows = [
        (
            entry.name,
            f"{entry.kind} {entry.of}",
            words.size(entry.bytes),
            words.moment(entry.deleted_at),
            words.moment(entry.purged_at) if entry.purged_at else "not by itself",
        )
        for entry in entries
    ]
    draw_table(console, ("name", "what it was", "size", "deleted (UTC)", "goes (UTC)"), rows)


def _chosen(host: Host, names: Sequence[str]) -> tuple[TrashEntry, ...]:
    """Those that are named; without a name all that Espalier put there itself. Raises WrongUse."""
    entries = ask(host, ListTrash(), TrashReply).entries
    if not names:
        return tuple(entry for entry in entries if entry.purged_at)
    return tuple(dict.fromkeys(_named(entries, name) for name in names))


def _named(entries: Sequence[TrashEntry], name: str) -> TrashEntry:
    found = [entry for entry in entries if entry.name == name] or [entry for entry in entries if entry.of == name]
    if not found:
        raise WrongUse(f"Nothing called {name!r} lies in the trash.", "`espalier trash list` shows what does.")
    if len(found) > 1:
        several = ", ".join(entry.name for entry in found)
        raise WrongUse(f"{name!r} may be {several}.", "Give the whole name.")
    return found[0]
