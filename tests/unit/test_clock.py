"""Stored times and what lies between them and now."""

import pytest

from backend.clock import seconds_until, utc_in, utc_now


def test_a_time_to_come_is_spelled_like_every_other_and_counts_down_to_itself() -> None:
    then = utc_in(3600)
    assert len(then) == len(utc_now())
    assert then > utc_now()
    assert seconds_until(then) == pytest.approx(3600, abs=60)


def test_a_time_that_is_past_is_negative() -> None:
    assert seconds_until(utc_in(-5)) <= -5
