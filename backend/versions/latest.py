"""`latest`: a name that leads to the newest version; derived from the database, rewritten at every start."""

from pathlib import Path

from backend import pointer
from backend.domain.version import Version
from backend.paths import Home
from backend.store.store import Store


def newest(store: Store) -> Version | None:
    """The one with the highest number of those that are there."""
    every = store.versions.all()
    return every[-1] if every else None


def show(home: Home, store: Store) -> None:
    """Let the name lead there, or nowhere while there is no version. Raises NoSpace."""
    version = newest(store)
    if version is None:
        pointer.remove(home.latest_version)
    else:
        pointer.put(home.latest_version, Path(Path(version.path).name))
