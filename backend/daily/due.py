"""When the daily snapshot is due."""

import datetime

from backend.settings import DailySettings


def last_due(now: datetime.datetime, settings: DailySettings) -> str:
    """The day of the last time, in the user's own time, at which a snapshot was due."""
    passed = now.time() >= datetime.time.fromisoformat(settings.at)
    return (now.date() if passed else now.date() - datetime.timedelta(days=1)).isoformat()


def is_due(now: datetime.datetime, settings: DailySettings, taken: set[str]) -> bool:
    """Whether none was taken at that time or since. One that was missed is made up, under the day of its making."""
    return settings.enabled and taken.isdisjoint({last_due(now, settings), now.date().isoformat()})
