"""A day in the trash, by two clocks: neither a wrong one nor one from the future lets anything go."""

import pytest

from backend.clock import utc_in
from backend.domain.trash import TrashEntry
from backend.trash.due import SEEN_SECONDS, Due


class Clock:
    """Monotonic seconds that a test sets."""

    def __init__(self) -> None:
        self.seconds = 50.0

    def __call__(self) -> float:
        return self.seconds


def entry(name: str, purged_in: float | None) -> TrashEntry:
    return TrashEntry(
        name=name,
        kind="version",
        of="v001",
        path=f"/trash/{name}",
        bytes=1,
        deleted_at=utc_in(-1),
        purged_at="" if purged_in is None else utc_in(purged_in),
    )


def test_it_goes_when_it_was_seen_due_for_an_hour() -> None:
    clock = Clock()
    due = Due(clock)
    entries = [entry("old", -1), entry("young", 3600), entry("theirs", None)]
    assert due.among(entries) == []
    clock.seconds += SEEN_SECONDS - 1
    assert due.among(entries) == []
    clock.seconds += 1
    assert due.among(entries) == ["old"]


@pytest.mark.parametrize("away", [86_400.0, 60 * 365 * 86_400.0], ids=["tomorrow", "1970"])
def test_a_clock_that_was_wrong_for_a_while_lets_nothing_go(away: float) -> None:
    clock = Clock()
    due = Due(clock)
    assert due.among([entry("one", -10)]) == []  # a clock that is fast for forty minutes
    clock.seconds += 2400
    assert due.among([entry("one", away)]) == []  # put right
    clock.seconds += 2400
    assert due.among([entry("one", -10)]) == []
    clock.seconds += SEEN_SECONDS
    assert due.among([entry("one", -10)]) == ["one"]
