"""A daily snapshot: a verified copy of the head's checkpoint, named by the user's own day."""

import enum

import msgspec


class Stays(enum.StrEnum):
    """Why thinning lets a snapshot stay."""

    DAY = "day"
    """One of the last days that are kept."""
    WEEK = "week"
    MONTH = "month"
    CLOCK = "clock"
    """A wrong clock named it; it goes with its neighbour."""
    NEWEST = "newest"
    TODAY = "today"
    HEAD = "head"
    """The head stands on the checkpoint that it copies."""


class Daily(msgspec.Struct, frozen=True, kw_only=True):
    """Ordered by `sequence`; the day is a name, and the clock that gave it may have been wrong."""

    sequence: int
    day: str
    """YYYY-MM-DD."""
    path: str
    """Relative to the home folder, with forward slashes."""
    sums_sha256: str
    """SHA-256 of the folder's SHA256SUMS file."""
    bytes: int
    checkpoint: int
    """Number of the checkpoint that was copied."""
    taken_at: str
