"""The time line: every move of the head and every version as one list, newest first, each with what it was made on."""

from collections.abc import Iterable, Sequence

import msgspec

from backend.domain.head import Head
from backend.domain.move import Move, MoveKind, MoveState
from backend.domain.version import TrainedJob, Version
from gui.history.lanes import Graph, Node, drawn


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A move of the head, a version, or both: a consolidation is the version that it made."""

    key: str
    at: str
    """UTC, ISO 8601."""
    parent: str | None = None
    move: Move | None = None
    version: Version | None = None
    """None for a consolidation whose version was deleted."""
    job: TrainedJob | None = None
    """A training that is known from a version alone."""
    is_head: bool = False
    graph: Graph = Graph()

    @property
    def is_version(self) -> bool:
        return self.version is not None or (self.move is not None and self.move.kind is MoveKind.CONSOLIDATION)

    @property
    def stands(self) -> bool:
        """Not undone."""
        return self.move is None or self.move.state is MoveState.STANDING

    @property
    def trained(self) -> int | None:
        """The job whose training this is."""
        return self.job.job if self.job is not None else self.move.job if self.move is not None else None


def timeline(moves: Sequence[Move], versions: Sequence[Version], head: str | None = None) -> list[Entry]:
    """Newest first.

    Args:
        moves: oldest first.
        versions: oldest first.
        head: id of the version that the head stands on, for homes whose moves are not known any more.
    """
    entries = list(_of_moves(moves, {version.id: version for version in versions}))
    _put_in_others(entries, versions)
    at = _head_of(entries, head)
    entries.reverse()
    graphs = drawn([Node(entry.key, entry.parent) for entry in entries], at)
    return [
        msgspec.structs.replace(entry, graph=graph, is_head=entry.key == at)
        for entry, graph in zip(entries, graphs, strict=True)
    ]


def _of_moves(moves: Sequence[Move], versions: dict[str, Version]) -> Iterable[Entry]:
    led: dict[tuple[str | None, int | None], str] = {}
    """The latest entry that led to each head."""
    made: dict[str | None, str] = {}
    """The entry that made each version."""
    former: str | None = None
    for move in moves:
        key = f"move-{move.id}"
        consolidated = move.kind is MoveKind.CONSOLIDATION and move.after is not None
        version = versions.get(move.after.base or "") if consolidated and move.after is not None else None
        yield Entry(key=key, at=move.at, parent=_parent(move, led, made, former), move=move, version=version)
        if move.after is not None:
            led[_point(move.after)] = key
            if consolidated:
                made.setdefault(move.after.base, key)
        former = key


def _parent(
    move: Move, led: dict[tuple[str | None, int | None], str], made: dict[str | None, str], former: str | None
) -> str | None:
    """What its content was made on: of a restore the version, of everything else the head before it."""
    if move.kind in (MoveKind.RESTORE, MoveKind.USE):
        if move.after is None:
            return None
        whole = made.get(move.after.base) if move.after.checkpoint is None else None
        return whole or led.get(_point(move.after))
    return former if move.before is None else led.get(_point(move.before))


def _point(head: Head) -> tuple[str | None, int | None]:
    return head.base, head.checkpoint.id if head.checkpoint is not None else None


def _put_in_others(entries: list[Entry], versions: Sequence[Version]) -> None:
    """Versions that no move made: restored from a backup, or found by a rebuild; with their trainings before them."""
    keys = {entry.version.id: entry.key for entry in entries if entry.version is not None}
    trained = {entry.move.job for entry in entries if entry.move is not None}
    place = 0
    former: str | None = None
    """The entry of the version before, where it was there already."""
    for version in versions:
        if version.id in keys:
            former = keys[version.id]
            continue
        if former is not None:
            place = next(n for n, entry in enumerate(entries) if entry.key == former) + 1
            former = None
        while place < len(entries) and entries[place].at <= version.card.created_at:
            place += 1
        parent = keys.get(version.card.parent.version or "")
        for job in version.card.jobs:
            if job.job not in trained:
                entry = Entry(key=f"job-{version.id}-{job.job}", at=version.card.created_at, parent=parent, job=job)
                entries.insert(place, entry)
                parent, place = entry.key, place + 1
        key = keys[version.id] = f"version-{version.id}"
        entries.insert(place, Entry(key=key, at=version.card.created_at, parent=parent, version=version))
        place += 1


def _head_of(entries: Sequence[Entry], head: str | None) -> str | None:
    standing = [entry for entry in entries if entry.move is not None and entry.stands]
    if standing:
        return standing[-1].key
    return next((entry.key for entry in entries if entry.version is not None and entry.version.id == head), None)
