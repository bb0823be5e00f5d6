"""A screen for the tests of the real window."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from tests.fakes.screen import Screen, open_screen
from tests.fakes.watched_window import Watched, watched_window


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """Xvfb on a free display, with openbox in it."""
    with open_screen(tmp_path) as made:
        yield made


@pytest.fixture
def window(screen: Screen, home: Home, tmp_path: Path) -> Iterator[Watched]:
    """A window on that screen whose engine is scripted."""
    with watched_window(screen, home, tmp_path / "seen.json") as made:
        yield made
