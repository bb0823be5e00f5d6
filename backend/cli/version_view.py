"""How versions are shown to people: the list, one whole card, and the card of what a deletion takes."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from backend.cli import words
from backend.cli.gate_words import gate_lines
from backend.cli.table import draw_table
from backend.datasets.visible import visible
from backend.domain.job import JobSettings
from backend.domain.version import Condition, TrainedJob, Version
from backend.options import options
from backend.paths import Home
from backend.protocol.keeping import DeletionCard, VersionsReply

if TYPE_CHECKING:
    from rich.console import Console

HASH = 12


def draw_list(console: "Console", reply: VersionsReply) -> None:
    if not reply.versions:
        console.print("No version yet. `espalier consolidate` makes one of what the head has learned.")
        return
    rows = [
        (
            one.id,
            one.card.slug,
            words.moment(one.card.created_at),
            parent_of(one),
            ", ".join(job.name for job in one.card.jobs) or "-",
            str(one.card.total_steps),
            one.card.precision or "-",
            words.size(one.bytes),
            ", ".join(one.tags),
            state_of(one),
            marks(reply, one),
        )
        for one in reply.versions
    ]
    titles = ("id", "name", "made (UTC)", "from", "trained", "steps", "weights", "size", "tags", "state", "")
    draw_table(console, titles, rows)


def draw_version(console: "Console", home: Home, reply: VersionsReply, version: Version) -> None:
    card = version.card
    mark = marks(reply, version)
    console.print(f"{version.id}  {card.slug}" + (f"  ({mark})" if mark else ""), markup=False, style="bold")
    if card.description:
        console.print(visible(card.description), markup=False)
    for name, text in _lines(home, reply, version):
        console.print(f"{name:<12}{text}", markup=False)
    if card.jobs:
        console.print(f"\nTrained since {parent_of(version)}")
        draw_jobs(console, card.jobs)
    if card.gate is not None:
        console.print("\nMerge gate")
        for line in gate_lines(card.gate):
            console.print(f"  {line}", markup=False)


def draw_jobs(console: "Console", jobs: Sequence[TrainedJob]) -> None:
    """The files with their hashes and figures; below them what was set otherwise than by default."""
    titles = ("job", "file", "sha-256", "rows", "steps", "loss", "held out", "evolution")
    rows = [
        (
            str(job.job),
            job.name + ("" if job.ended else " (in part)"),
            job.dataset[:HASH],
            f"{job.rows:,}",
            str(job.steps),
            words.loss(job.loss),
            f"{words.loss(job.heldout_first)} → {words.loss(job.heldout_last)}",
            job.evolution or "-",
        )
        for job in jobs
    ]
    draw_table(console, titles, rows)
    for job in jobs:
        console.print(f"  job {job.job} trained with {settings_in_words(job.settings)}", markup=False)


def settings_in_words(settings: JobSettings) -> str:
    """For example: epochs 8, learning_rate 0.001; all else as by default."""
    other = [f"{one.key} {one.value}" for one in options(settings) if one.value != one.default]
    return f"{', '.join(other)}; all else as by default" if other else "the default settings"


def draw_deletion(console: "Console", home: Home, reply: VersionsReply, card: DeletionCard) -> None:
    """The identity card of what would go."""
    draw_version(console, home, reply, card.version)
    console.print()
    if card.used_by:
        console.print(f"{', '.join(card.used_by)} came from it, and stand without it.", markup=False)
    if card.undo_reaches:
        console.print("Undo can still reach it; deleting it needs --end-undo, and undo then ends there.")
    console.print(
        f"Before it goes a backup of {words.size(card.backup_bytes)} is made and verified. Then it lies in the trash"
        " for 24 hours."
    )


def marks(reply: VersionsReply, version: Version) -> str:
    found = [name for name, of in (("head", reply.head), ("latest", reply.latest)) if of == version.id]
    return ", ".join(found)


def state_of(version: Version) -> str:
    if version.condition is not Condition.WHOLE:
        return str(version.condition).upper()
    return "not verified" if version.verified_at is None else f"verified {words.moment(version.verified_at)}"


def parent_of(version: Version) -> str:
    parent = version.card.parent
    return parent.version or parent.base


def lineage_of(reply: VersionsReply, version: Version) -> str:
    """From the first base to this version, for example smollm2 → v001 → v002."""
    ids = (*version.card.lineage, version.id)
    known = {one.id: one for one in reply.versions}
    oldest = known.get(ids[0])
    first = [] if oldest is None or oldest.card.parent.version else [oldest.card.parent.base]
    return " → ".join([*first, *ids])


def _lines(home: Home, reply: VersionsReply, version: Version) -> Iterator[tuple[str, str]]:
    card = version.card
    folder = home.root / version.path
    yield "folder", str(folder)
    made = f"{words.moment(card.created_at)} UTC from {parent_of(version)}"
    yield "made", f"{made}, checkpoint {card.checkpoint}, {words.counted(card.total_steps, 'step')} in all"
    if card.restored_from:
        yield "restored", f"from the backup {card.restored_from}"
    yield "lineage", lineage_of(reply, version)
    shape = f"LoRA r {card.adapter.r}, alpha {card.adapter.alpha:g}, {', '.join(card.adapter.targets)}"
    yield "adapter", f"{shape}; what was merged lies in {folder / 'adapter'}"
    runs = [job.evolution for job in card.jobs if job.evolution]
    if runs:
        yield "evolution", f"{words.counted(len(runs), 'run')} in {folder / 'evolution'}"
    yield (
        "weights",
        f"{card.precision or '-'}, {words.counted(card.parameters, 'parameter')}, {card.architecture or '-'}",
    )
    yield "size", f"{words.size(version.bytes)} in {words.counted(len(card.files), 'file')}"
    yield "tags", ", ".join(version.tags) or "-"
    yield "state", state_of(version)
    yield "sums", version.sums_sha256
    if card.libraries:
        yield "made with", ", ".join(f"{name} {which}" for name, which in sorted(card.libraries.items()))
