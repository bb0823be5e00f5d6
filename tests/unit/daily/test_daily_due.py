"""When the daily snapshot is due: at its time, and after it where it was missed."""

import datetime

import pytest

from backend.daily.due import is_due, last_due
from backend.settings import DailySettings


@pytest.mark.parametrize(
    ("hour", "taken", "due"),
    [
        (4, set(), True),
        (3, set(), True),
        (4, {"2026-03-10"}, False),
        (4, {"2026-03-09"}, True),
        (2, {"2026-03-09"}, False),
        (2, {"2026-03-08"}, True),
        (2, {"2026-03-10"}, False),
        (23, {"2026-03-10"}, False),
    ],
)
def test_it_is_due_once_a_day_and_made_up_where_it_was_missed(hour: int, taken: set[str], due: bool) -> None:
    assert is_due(datetime.datetime(2026, 3, 10, hour, tzinfo=datetime.UTC), DailySettings(), taken) is due


def test_it_is_never_due_where_it_is_switched_off() -> None:
    assert not is_due(datetime.datetime(2026, 3, 10, 4, tzinfo=datetime.UTC), DailySettings(enabled=False), set())


def test_the_minute_counts() -> None:
    settings = DailySettings(at="04:30")
    at = datetime.datetime(2026, 3, 1, 4, 29, tzinfo=datetime.UTC)
    assert last_due(at, settings) == "2026-02-28"
    assert last_due(at + datetime.timedelta(minutes=1), settings) == "2026-03-01"
