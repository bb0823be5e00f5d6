"""Figures as people read them."""

import pytest

from backend.cli import words


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "-"), (0.4, "0 s"), (59, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations(seconds: float | None, text: str) -> None:
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(None, "-"), (12, "12 bytes"), (260_000_000, "260.0 MB"), (5e12, "5.0 TB")]
)
def test_sizes(count: float | None, text: str) -> None:
    assert words.size(count) == text


def test_counts_take_the_plural() -> None:
    assert [words.counted(n, "row") for n in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]


def test_steps_without_a_total_are_only_what_is_done() -> None:
    assert [words.steps(*pair) for pair in ((3, 10), (3, None), (0, None), (None, 10))] == ["3/10", "3", "-", "0/10"]
