"""A home with rows alone, for what is decided from them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from backend.store.store import Store
from tests.makers.past import Past


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    home = Home(tmp_path / "home")
    home.create()
    store = Store.open(home)
    yield Past(home, store)
    store.close()
