"""Made-up runs as a host tells of them: files written, indexed, and asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from backend.evolution.keeper import EvolutionKeeper
from backend.evolution.replies import EvolutionReplies
from backend.paths import Home
from backend.store.store import Store


def index(home: Home) -> None:
    """What a host does with files that it has not seen, of a home that nobody has open."""
    with _store(home) as store:
        EvolutionKeeper(home, store).catch_up()


@contextmanager
def told(home: Home) -> Iterator[EvolutionReplies]:
    """Replies about everything that lies in the home."""
    with _store(home) as store:
        EvolutionKeeper(home, store).catch_up()
        yield EvolutionReplies(home, store.evolution)


@contextmanager
def _store(home: Home) -> Iterator[Store]:
    home.create()
    store = Store.open(home)
    try:
        yield store
    finally:
        store.close()
