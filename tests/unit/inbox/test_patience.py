"""Files that are still being written are waited for. The clock is the test's."""

from pathlib import Path

import pytest

from backend.inbox.look import look
from backend.inbox.patience import FRESH_SECONDS, LONG_SECONDS, STILL_SECONDS, Patience

LINE = '{"text": "a"}\n'


class Clock:
    """Looks at a folder at chosen times."""

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        self.patience = Patience()

    def ready(self, now: float) -> list[str]:
        found = self.patience.ready(self.inbox, look(self.inbox).files, now)
        return [each.relative.name for each in found]


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


def test_a_file_is_ready_at_the_second_look_a_moment_later(clock: Clock) -> None:
    (clock.inbox / "a").write_text(LINE)
    assert clock.ready(100.0) == []
    assert clock.ready(100.0 + STILL_SECONDS / 2) == []
    assert clock.ready(100.0 + STILL_SECONDS) == ["a"]


def test_a_file_that_grows_is_waited_for_from_its_last_change(clock: Clock) -> None:
    file = clock.inbox / "a"
    for second in range(5):
        file.write_text(LINE * (second + 1))
        assert clock.ready(float(second)) == []
    assert clock.ready(4.0 + STILL_SECONDS) == ["a"]


def test_a_file_that_ends_in_mid_line_is_waited_for_longer(clock: Clock) -> None:
    (clock.inbox / "a").write_text(LINE + '{"te')
    (clock.inbox / "empty").touch()
    assert clock.ready(0.0) == []
    assert clock.ready(LONG_SECONDS - 0.1) == []
    assert clock.ready(LONG_SECONDS) == ["a", "empty"]


def test_a_file_that_was_replaced_by_another_starts_anew(clock: Clock) -> None:
    (clock.inbox / "a").write_text(LINE)
    clock.ready(0.0)
    (clock.inbox / "b.part").write_text(LINE)
    (clock.inbox / "b.part").replace(clock.inbox / "a")
    assert clock.ready(STILL_SECONDS) == []


def test_a_file_is_fresh_only_for_a_while_even_where_it_never_rests(clock: Clock) -> None:
    file = clock.inbox / "a"
    for second in range(int(FRESH_SECONDS)):
        file.write_text(LINE * (second + 1))
        clock.ready(float(second))
        assert clock.patience.fresh(float(second))
    assert not clock.patience.fresh(FRESH_SECONDS)
    assert clock.patience.waits


def test_what_went_away_is_waited_for_no_more(clock: Clock) -> None:
    (clock.inbox / "a").write_text(LINE)
    clock.ready(0.0)
    (clock.inbox / "a").unlink()
    clock.ready(1.0)
    assert not clock.patience.waits
