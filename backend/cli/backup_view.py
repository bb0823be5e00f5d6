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
    titles = ("backup", "type", "of", "size", "here", "second location", "stays")
    rows = [
        (
            one.id,
            str(one.card.type),
            one.card.of,
            words.size(one.card.bytes),
            state_in_words(one.here),
            "-" if one.second is None else state_in_words(one.second),
            ", ".join(WHY[why] for why in stays_of(reply, one)) or "would go",
        )
        for one in reply.backups
    ]
    draw_table(console, titles, rows)
    if reply.second_problem:
        console.print(f"The second location cannot be used now: {reply.second_problem}", markup=False)


def state_in_words(copy: CopyState) -> str:
    """For example: verified 2026-03-01 09:30."""
    if copy.condition is not Condition.WHOLE:
        return {Condition.DAMAGED: "DAMAGED", Condition.TRASH: "in the trash"}.get(copy.condition, "missing")
    if copy.verified_at is None:
        return "not verified"
    when = copy.verified_at[:16].replace("T", " ")
    return f"verified {when}" if copy.loaded_at or not copy.message else f"read back {when}, not loaded"


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
