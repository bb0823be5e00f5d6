"""The wall clock as every stored time spells it: UTC, ISO 8601, to the millisecond. Order never depends on it."""

import datetime


def utc_now() -> str:
    """For example 2026-03-01T09:30:00.125Z."""
    return utc_in(0)


def utc_in(seconds: float) -> str:
    """The time that it will be then; negative seconds lie in the past."""
    return _spelled(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds))


def utc_at(seconds: float) -> str:
    """The time so many seconds after 1970 began."""
    return _spelled(datetime.datetime.fromtimestamp(seconds, datetime.UTC))


def seconds_until(time: str) -> float:
    """From now to a stored time; negative when it is past."""
    return (datetime.datetime.fromisoformat(time) - datetime.datetime.now(datetime.UTC)).total_seconds()


def local_now() -> datetime.datetime:
    """The user's own time."""
    return datetime.datetime.now().astimezone()


def today() -> str:
    """The user's own day, YYYY-MM-DD, as a chat template may print it."""
    return local_now().date().isoformat()


def _spelled(time: datetime.datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def in_names(time: str) -> str:
    """A stored time as names of folders have it, to the second: 20260301_093000."""
    return time[:19].replace("-", "").replace(":", "").replace("T", "_")
