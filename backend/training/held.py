"""What the engine holds just now: a segment of one job, and what was asked of it last."""

import enum

import msgspec


class Wish(enum.StrEnum):
    """Asked of the engine and not yet a fact."""

    PAUSE = "pause"
    STOP = "stop"
    SKIP = "skip"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A segment from its Train command to its Ended or to the engine's exit."""

    job: int
    segment: int
    wish: Wish | None = None
    reason: str = ""
    """The user's words with the wish."""
    token_budget: int = 0
    """What the engine was told to use; 0 lets it choose."""
    is_prepared: bool = False
    """Model and data are in memory: from here on a smaller token budget can help where memory runs out."""
    has_stepped: bool = False
    """A step was trained: the Python that the engine runs on is fit for it."""
    saving: bool = False
    """A save was asked for and is not answered yet."""
    releasing: bool = False
    """The engine was asked to leave while paused; the job stays paused."""
