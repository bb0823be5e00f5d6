"""A move of the head: what it stood on before and after, and whether it still counts."""

import enum

import msgspec

from backend.domain.head import Head


class MoveKind(enum.StrEnum):
    """Why the head moved."""

    TRAINING = "training"
    USE = "use"
    CONSOLIDATION = "consolidation"
    """The adapter was merged: the head stands on the new version, without an adapter."""
    RESTORE = "restore"
    """A version, or what a backup holds, became the head."""
    FALLBACK = "fallback"
    """Back from a damaged checkpoint; no wish of the user."""


class MoveState(enum.StrEnum):
    """Whether the head is made of it."""

    STANDING = "standing"
    UNDONE = "undone"
    """Redo brings it back."""
    LEFT = "left"
    """Undone, and something new was done since: a branch that only the history knows."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """All checkpoints of one segment are one move. Ordered by `id`, never by `at`."""

    id: int
    kind: MoveKind
    state: MoveState
    at: str
    job: int | None = None
    name: str = ""
    """The job's file, or the base that was taken into use."""
    segment: int | None = None
    before: Head | None = None
    """None where an older program did not record the adapter's shape: such a move cannot be undone."""
    after: Head | None = None
    undo: int | None = None
    """Number of the undo that took it back last."""
