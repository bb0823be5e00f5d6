"""Figures read as people write them."""

import math

import pytest

from gui import format as text


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (text.loss(1.23456), "1.2346"),
        (text.loss(None), text.NOTHING),
        (text.loss(math.nan), "NaN"),
        (text.rate(2e-4), "2.00e-4"),
        (text.rate(0.0), "0"),
        (text.whole(12345), "12,345"),
        (text.step(7, 300), "7 / 300"),
        (text.step(7, None), "7"),
        (text.duration(59.6), "1 min 00 s"),
        (text.duration(3599.7), "1 h 00 min"),
        (text.duration(90061), "1 d 01 h"),
        (text.duration(math.inf), text.NOTHING),
        (text.size(999), "999 B"),
        (text.size(1500), "1.5 kB"),
        (text.size(999_960_000), "1000 MB"),
        (text.size(412_000_000_000), "412 GB"),
        (text.count(1, "file", "files"), "1 file"),
        (text.count(1200, "file", "files"), "1,200 files"),
        (text.ordinal(3), "third"),
        (text.ordinal(11), "11th"),
        (text.ordinal(22), "22nd"),
        (text.ordinal(112), "112th"),
    ],
)
def test_figures_read_well(shown: str, expected: str) -> None:
    assert shown == expected
