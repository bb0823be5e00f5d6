"""The wall clock as every stored time spells it: UTC, ISO 8601, to the millisecond. Order never depends on it."""

import datetime


def utc_now() -> str:
    """For example 2026-03-01T09:30:00.125Z."""
    now = datetime.datetime.now(datetime.UTC)
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_now() -> datetime.datetime:
    """The user's own time."""
    return datetime.datetime.now().astimezone()


def today() -> str:
    """The user's own day, YYYY-MM-DD, as a chat template may print it."""
    return local_now().date().isoformat()
