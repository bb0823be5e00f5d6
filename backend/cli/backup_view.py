"""How backups are shown on the command line: a line each for people, an object each for programs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from backend.cli import words
from backend.cli.table import draw_table
from backend.domain.backup import Backup, CopyState, Keeps
from backend.domain.version import Condition
from backend.protocol.keeping import BackupsReply
from backend.records import fields

if TYPE_CHECKING:
    from rich.console import Console

WHY = {
    Keeps.YOUNG: "young",
    Keeps.FLOOR: "last three",
    Keeps.TODAY: "of today",
    Keeps.HEAD: "head or undo needs it",
    Keeps.ONLY: "only whole copy",
    Keeps.UNVERIFIED: "not verified",
}


def row(reply: BackupsReply, backup: Backup) -> dict[str, Any]:
    """For programs."""
    return {
        **fields(backup.card),
        "sequence": backup.sequence,
        "path": backup.path,
        "here": backup.here,
        "second": backup.second,
        "would_go": backup.id in reply.going,
        "stays": stays_of(reply, backup),
    }


def stays_of(reply: BackupsReply, backup: Backup) -> tuple[Keeps, ...]:
    return dict(zip((one.id for one in reply.backups), reply.staying, strict=True)).get(backup.id, ())


def draw_list(console: "Console", reply: BackupsReply) -> None:
    if not reply.backups:
        console.print("No backup yet. `espalier backup create` copies the head.")
        return
    with_second = bool(reply.second_location) or any(one.second is not None for one in reply.backups)
    titles = ("backup", "type", "size", "here", *(["second"] if with_second else []), "stays")
    rows = [_cells(reply, one, with_second=with_second) for one in reply.backups]
    draw_table(console, titles, rows)
    if reply.second_problem:
        console.print(f"The second location cannot be used now: {reply.second_problem}", markup=False)


def _cells(reply: BackupsReply, backup: Backup, *, with_second: bool) -> tuple[str, ...]:
    """One reason to stay is enough in a table; `cleanup` shows them all."""
    second = "-" if backup.second is None else state_in_words(backup.second)
    stays = stays_of(reply, backup)
    return (
        backup.id,
        str(backup.card.type),
        words.size(backup.card.bytes),
        state_in_words(backup.here),
        *([second] if with_second else []),
        WHY[stays[0]] if stays else "would go",
    )


def state_in_words(copy: CopyState) -> str:
    """For example: verified 2026-03-01."""
    if copy.condition is not Condition.WHOLE:
        return {Condition.DAMAGED: "DAMAGED", Condition.TRASH: "in the trash"}.get(copy.condition, "missing")
    if copy.verified_at is None:
        return "not verified"
    when = copy.verified_at[:10]
    return f"verified {when}" if copy.loaded_at or not copy.message else f"read {when}, not loaded"


def draw_going(console: "Console", reply: BackupsReply) -> None:
    going = [one for one in reply.backups if one.id in reply.going]
    for one in reply.backups:
        why = ", ".join(WHY[each] for each in stays_of(reply, one))
        console.print(f"{'stays' if why else 'goes '}  {words.size(one.card.bytes):>9}  {one.id}  {why}", markup=False)
    for base in reply.bases:
        console.print(f"goes   {base}  no backup needs it any more", markup=False)
    console.print(_summary(going))


def _summary(going: Sequence[Backup]) -> str:
    if not going:
        return "The rule lets no backup go."
    total = words.size(sum(one.card.bytes for one in going))
    return f"{words.counted(len(going), 'backup')} would go, {total}."
