"""Files of the inbox that are queued and may still lie there: what a crash before their move must not queue twice."""

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from backend.inbox.names import spelled, unspelled
from backend.store.journal import Fact
from backend.store.store import Store


class Taken(msgspec.Struct, frozen=True):
    """A queued file: where it lay, which it is, its content, its job."""

    path: str
    """As `names.spelled` writes it."""
    sha256: str
    job: int
    inode: int = 0
    """Tells it from a copy that is put there again after it was moved, and the program killed before it noted that."""

    @property
    def relative(self) -> Path:
        return unspelled(self.path)


class Unmoved:
    """Kept in the database, in the transaction that queues the file; a file leaves it once it was moved."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> tuple[Taken, ...]:
        text = self._store.facts.get(Fact.INBOX)
        return () if text is None else msgspec.json.decode(text, type=tuple[Taken, ...])

    def by_file(self) -> dict[tuple[str, str, int], int]:
        """The job of each, by spelled path, hash and inode."""
        return {(each.path, each.sha256, each.inode): each.job for each in self.all()}

    def add(self, files: Iterable[tuple[Path, str, int, int]]) -> None:
        """Path, hash, job and inode of each; what lay at the same path before is forgotten."""
        taken = [Taken(spelled(relative), sha256, job, inode) for relative, sha256, job, inode in files]
        paths = {each.path for each in taken}
        self._put((*(each for each in self.all() if each.path not in paths), *taken))

    def drop(self, relatives: Iterable[Path]) -> None:
        """Nothing that was queued lies at these paths any more."""
        gone = {spelled(each) for each in relatives}
        self._keep(lambda each: each.path not in gone)

    def drop_all_but(self, present: frozenset[Path]) -> None:
        """Only these paths have a file."""
        self._keep(lambda each: each.relative in present)

    def _keep(self, stays: Callable[[Taken], bool]) -> None:
        before = self.all()
        after = tuple(filter(stays, before))
        if after != before:
            self._put(after)

    def _put(self, taken: tuple[Taken, ...]) -> None:
        self._store.facts.put(Fact.INBOX, msgspec.json.encode(taken).decode() if taken else None)
