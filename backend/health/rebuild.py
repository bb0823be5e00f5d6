"""Makes again what files alone can tell: the whole database where it is lost, else the parts that are an index."""

import contextlib
from collections.abc import Iterator

from backend.errors import Refused, UserError
from backend.evolution.keeper import EvolutionKeeper
from backend.health.check import Check
from backend.locks import KernelLock
from backend.paths import Home
from backend.rebuilding import database, lost
from backend.rebuilding.lost import DatabaseState
from backend.store.store import Store


def rebuild(home: Home) -> list[Check]:
    """As the host of the home for a moment: what was found, and what is lost.

    A database that is whole stays, the waiting queue with it: the index of evolution is made again, folders that it
    does not know are taken in, cards and derived files are written anew. One that cannot be read is put aside.

    Raises:
        Refused: another program is the host, or a newer Espalier wrote the database.
    """
    home.create()
    lock = KernelLock(home.host_lock)
    if not lock.try_acquire():
        raise Refused(
            f"Another program is the host of {home.root}, and the database is made again without it.",
            "Close the window or end the daemon first.",
        )
    try:
        if lost.state_of(home) in (DatabaseState.MISSING, DatabaseState.UNREADABLE):
            return database.make_again(home)
        with contextlib.closing(Store.open(home)) as store:
            return [*_of_a_whole_database(home, store)]
    finally:
        lock.release()


def _of_a_whole_database(home: Home, store: Store) -> Iterator[Check]:
    yield from database.take_unknown(home, store)
    yield from _evolution(home, store)
    written = database.show(home, store)
    text = f"the database is whole and stays, with the queue; {_counted(written, 'card')} written anew"
    yield Check(name="database kept", ok=True, text=text)


def _evolution(home: Home, store: Store) -> Iterator[Check]:
    """Runs, examples and figures, from the snapshots."""
    rebuilt = EvolutionKeeper(home, store).rebuild()
    yield from (_damaged(error) for error in rebuilt.damaged)
    text = f"made again from the files: {_counted(rebuilt.runs, 'run')}, {_counted(rebuilt.snapshots, 'snapshot')}"
    yield Check(name="evolution index", ok=True, text=text)


def _damaged(error: UserError) -> Check:
    return Check(name="snapshot", ok=False, text=f"passed over: {error.message}", hint=error.hint)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
