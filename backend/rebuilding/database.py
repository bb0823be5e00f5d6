"""Makes a whole database from cards and folders, beside the place of the lost one, and puts it there when done."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from backend import files
from backend.cards.keeper import CardKeeper
from backend.evolution.keeper import EvolutionKeeper
from backend.head import derived
from backend.health.check import Check
from backend.paths import Home
from backend.rebuilding import from_folders, lost
from backend.rebuilding.from_cards import take_cards
from backend.rebuilding.from_checkpoints import take_checkpoints
from backend.rebuilding.head import settle_head
from backend.store.database import open_database
from backend.store.store import Store
from backend.versions import latest

Taking = Callable[[Home, Store], Iterator[Check]]
FROM_FOLDERS: tuple[Taking, ...] = (
    from_folders.take_bases,
    from_folders.take_versions,
    from_folders.take_dailies,
    from_folders.take_backups,
)
"""What may lie in its place unknown to a database, also to one that is whole. In this order."""


def make_again(home: Home) -> list[Check]:
    """Everything but the waiting queue, the audit trail and the journal of operations.

    Killed at any point it has done nothing yet, or all.
    """
    place = home.root / f"{home.database.stem}-rebuilding{home.database.suffix}"
    _remove(place)
    with contextlib.closing(Store(open_database(place))) as store:
        checks = [*_filled(home, store)]
    if (aside := lost.put_aside(home)) is not None:
        checks.append(Check(name="old database", ok=True, text=f"put aside as {aside}, unchanged"))
    files.move(place, home.database)
    with contextlib.closing(Store.open(home)) as store:
        show(home, store)
    return checks


def show(home: Home, store: Store) -> int:
    """Write what is derived from the rows; returns how many cards were missing or altered. Raises NoSpace."""
    head = store.head.get()
    derived.write(home, head, store.bases.find(head.base) if head.base else None)
    latest.show(home, store)
    return CardKeeper(home, store).write_all()


def take_unknown(home: Home, store: Store) -> list[Check]:
    """What lies in its place and a whole database does not know."""
    with store.atomic():
        return [check for take in FROM_FOLDERS for check in take(home, store)]


def _filled(home: Home, store: Store) -> Iterator[Check]:
    with store.atomic():
        store.cards.defer_references()
        yield from take_cards(home, store)
        for take in (take_checkpoints, *FROM_FOLDERS, from_folders.explain_bases):
            yield from take(home, store)
        store.cards.drop_broken_references()
        yield from settle_head(home, store)
        store.journal.add("rebuilt", None, "The database was made again from the folders.")
    rebuilt = EvolutionKeeper(home, store).rebuild()
    for error in rebuilt.damaged:
        yield Check(name="snapshot", ok=False, text=f"passed over: {error.message}", hint=error.hint)
    yield _summary(store, rebuilt.runs)
    yield from _losses(home, store)


def _summary(store: Store, runs: int) -> Check:
    jobs = len([*store.jobs.live(), *store.jobs.ended()])
    moves = sum(1 for _ in store.head.moves())
    text = (
        f"made again from the folders: {jobs} jobs, {moves} moves of the head, {len(store.bases.all())} bases,"
        f" {len(store.versions.all())} versions, {len(store.backups.all())} backups,"
        f" {len(store.dailies.all())} daily snapshots, {runs} runs of evolution"
    )
    return Check(name="rebuilt", ok=True, text=text)


def _losses(home: Home, store: Store) -> Iterator[Check]:
    """What no folder tells, said plainly."""
    strangers = sorted({path.stem for path in home.datasets.glob("*.jsonl")} - store.datasets.all())
    text = "files that only waited are not in the queue any more"
    if strangers:
        belong = "stored file belongs" if len(strangers) == 1 else "stored files belong"
        text += f": {len(strangers)} {belong} to no job that is known"
    hint = f"Queue them again: `espalier queue add {home.dataset(strangers[0])}`" if strangers else ""
    yield Check(name="queue", ok=True, text=text, hint=f"{hint} and so on." if len(strangers) > 1 else hint)
    yield Check(
        name="history",
        ok=True,
        text="the audit trail and the journal of operations begin anew; the jobs, the head's moves and what undo"
        " needs of them are there",
    )


def _remove(place: Path) -> None:
    """What an earlier rebuild left when it was killed; nobody has read it."""
    for path in place.parent.glob(f"{place.name}*"):
        path.unlink()
