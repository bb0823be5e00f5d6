"""What undo and redo can lead to: it counts as needed by the head (semantics.md 6), down to where undo was ended."""

from collections.abc import Iterator
from itertools import takewhile

from backend.domain.head import Head
from backend.domain.move import Move
from backend.store.journal import Fact
from backend.store.store import Store


def floor(store: Store) -> int:
    """Number of the last move that undo does not take back any more; 0 where every one can be."""
    return int(store.facts.get(Fact.UNDO_FLOOR) or 0)


def standing(store: Store) -> Iterator[Move]:
    """The moves that undo may take back, newest first."""
    lowest = floor(store)
    return takewhile(lambda move: move.id > lowest, store.head.standing())


def heads(store: Store) -> Iterator[Head]:
    """Every head that undo and redo can lead to, the present one first; some more than once."""
    yield store.head.get()
    for move in (*standing(store), *store.head.ever_undone()):
        for head in (move.before, move.after):
            if head is not None:
                yield head


def bases(store: Store) -> set[str]:
    """Slugs of the models that they stand on."""
    return {head.base for head in heads(store) if head.base is not None}


def checkpoints(store: Store) -> set[int]:
    """Numbers of the checkpoints that they stand on."""
    return {head.checkpoint.id for head in heads(store) if head.checkpoint is not None}


def end_at(store: Store, slug: str) -> None:
    """Let undo and redo lead to no head on this base any more; the caller commits. The head itself stands elsewhere."""
    touching = (move.id for move in store.head.standing() if _touches(move, slug))
    if (last := next(touching, 0)) > floor(store):
        store.facts.put(Fact.UNDO_FLOOR, str(last))
    if any(_touches(move, slug) for move in store.head.ever_undone()):
        store.head.end_redo()


def _touches(move: Move, slug: str) -> bool:
    return any(head is not None and head.base == slug for head in (move.before, move.after))
