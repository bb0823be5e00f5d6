"""A snapshot as the loss plot marks it."""

import msgspec

from backend.domain.snapshot import Summary


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Where it stands, and what it found."""

    run: int
    step: int
    summary: Summary
