"""A screen for the tests of the real window."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.screen import Screen, open_screen


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """Xvfb on a free display, with openbox in it."""
    with open_screen(tmp_path) as made:
        yield made
