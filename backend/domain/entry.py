"""An entry of the audit trail: one thing that happened to a file, or to the queue as a whole."""

import msgspec


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """`at` is UTC, ISO 8601; `job` is None where the whole queue is meant. Ordered by `id`, never by `at`."""

    id: int
    at: str
    job: int | None
    what: str
    reason: str
    name: str = ""
    """Of the job's file."""
