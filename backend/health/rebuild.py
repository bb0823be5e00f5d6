"""Makes again what files alone can tell: the parts of the database that are no more than an index."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator

from backend.errors import Refused, UserError
from backend.evolution.keeper import EvolutionKeeper
from backend.health.check import Check
from backend.locks import KernelLock
from backend.paths import Home
from backend.store.store import Store

Rebuilder = Callable[[Home, Store], Iterator[Check]]
"""Makes one index again and says what it found, damaged files by name."""


def evolution(home: Home, store: Store) -> Iterator[Check]:
    """Runs, examples and figures, from the snapshots."""
    rebuilt = EvolutionKeeper(home, store).rebuild()
    yield from (_damaged(error) for error in rebuilt.damaged)
    text = f"made again from the files: {_counted(rebuilt.runs, 'run')}, {_counted(rebuilt.snapshots, 'snapshot')}"
    yield Check(name="evolution index", ok=True, text=text)


REBUILDERS: tuple[Rebuilder, ...] = (evolution,)
"""In this order."""


def rebuild(home: Home, rebuilders: tuple[Rebuilder, ...] = REBUILDERS) -> list[Check]:
    """Run them all as the host of the home for a moment. A database that cannot be read is one check that says so.

    Raises:
        Refused: another program is the host, or a newer Espalier wrote the database.
    """
    home.create()
    lock = KernelLock(home.host_lock)
    if not lock.try_acquire():
        raise Refused(
            f"Another program is the host of {home.root}, and an index is made again without it.",
            "Close the window or end the daemon first.",
        )
    try:
        with contextlib.closing(Store.open(home)) as store:
            return [check for rebuilder in rebuilders for check in rebuilder(home, store)]
    except sqlite3.DatabaseError as error:
        return [_unreadable(home, error)]
    finally:
        lock.release()


def _unreadable(home: Home, error: sqlite3.DatabaseError) -> Check:
    text = f"{home.database} cannot be used, so nothing was made again: {error}"
    return Check(name="rebuild", ok=False, text=text, hint=f"Keep a copy of {home.database} and bring it back first.")


def _damaged(error: UserError) -> Check:
    return Check(name="snapshot", ok=False, text=f"passed over: {error.message}", hint=error.hint)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
