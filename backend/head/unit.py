"""What one undo takes back: the last job with all its segments in a row, or one choice of a model."""

from collections.abc import Callable, Iterable

import msgspec

from backend.domain.head import Checkpoint, Head
from backend.domain.move import Move, MoveKind

WORDS = {
    MoveKind.TRAINING: "training of",
    MoveKind.USE: "the choice of",
    MoveKind.CONSOLIDATION: "consolidation into",
    MoveKind.RESTORE: "restoring of",
}
"""Of moves that somebody wanted."""


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """Moves in a row, newest first, and the head that was before them."""

    moves: tuple[Move, ...]
    before: Head

    @property
    def jobs(self) -> tuple[int, ...]:
        """Whose training it holds, newest first."""
        return tuple(dict.fromkeys(move.job for move in self.moves if move.job is not None))

    @property
    def words(self) -> str:
        """Continues "Undo " and "Redo "."""
        return words_of(self.moves)


def last_unit(newest_first: Iterable[Move], head: Head, is_whole: Callable[[Checkpoint], bool]) -> Unit | None:
    """The smallest stretch of moves, from the newest on, that leads to another head, and one that can be stood on.

    A damaged checkpoint between two jobs joins them: the head then goes back to before both. None where none is left.
    """
    taken: list[Move] = []
    fallbacks: list[Move] = []
    for move in newest_first:
        if move.kind is MoveKind.FALLBACK:
            fallbacks.append(move)
            continue
        if taken and not _same_job(taken[-1], move) and (unit := _unit(taken, head, is_whole)) is not None:
            return unit
        taken += [*fallbacks, move]
        fallbacks.clear()
    return _unit(taken, head, is_whole) if taken else None


def words_of(moves: Iterable[Move]) -> str:
    """For example: training of a.jsonl."""
    named = dict.fromkeys(f"{WORDS[move.kind]} {move.name}" for move in moves if move.kind in WORDS)
    return " and ".join(reversed(named))


def _same_job(later: Move, earlier: Move) -> bool:
    return later.kind is earlier.kind is MoveKind.TRAINING and later.job == earlier.job


def _unit(taken: list[Move], head: Head, is_whole: Callable[[Checkpoint], bool]) -> Unit | None:
    before = taken[-1].before
    if before is None or before == head or not (before.checkpoint is None or is_whole(before.checkpoint)):
        return None
    return Unit(moves=tuple(taken), before=before)
