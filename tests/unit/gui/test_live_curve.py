"""The curve keeps its x over a resume, stays bounded, and smooths without bias."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.live.curve import MOST_POINTS, Curve, smoothed


def test_steps_taken_again_replace_what_was_there() -> None:
    curve = Curve()
    for step in (1, 2, 3, 4):
        curve.add(step, float(step))
    curve.add(3, 9.0)
    assert (curve.steps, curve.values) == ([1, 2, 3], [1.0, 2.0, 9.0])


def test_a_long_training_stays_bounded_and_keeps_its_ends() -> None:
    curve = Curve()
    for step in range(5 * MOST_POINTS):
        curve.add(step, 1.0)
    assert len(curve) <= MOST_POINTS
    assert curve.steps[0] == 0
    assert curve.steps[-1] == 5 * MOST_POINTS - 1
    assert curve.steps == sorted(set(curve.steps))


def test_no_weight_is_the_raw_line() -> None:
    assert smoothed([3.0, 1.0, 2.0], 0.0) == [3.0, 1.0, 2.0]


@given(st.floats(0, 0.99), st.floats(0.1, 10), st.integers(1, 50))
def test_a_level_line_stays_level_from_its_first_point(weight: float, level: float, count: int) -> None:
    assert smoothed([level] * count, weight) == pytest.approx([level] * count)


def test_not_a_number_is_shown_and_does_not_spread() -> None:
    line = smoothed([1.0, math.nan, 1.0], 0.5)
    assert math.isnan(line[1])
    assert line[2] == pytest.approx(1.0)


def test_the_nearest_point_is_found() -> None:
    curve = Curve()
    assert curve.nearest(1) is None
    curve.add(10, 1.0)
    curve.add(20, 2.0)
    assert curve.nearest(14) == (10, 1.0)
    assert curve.nearest(99) == (20, 2.0)
