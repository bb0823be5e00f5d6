"""A queue without host or engine: its parts on one store, and what they tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.paths import Home
from backend.store.store import Store
from tests.fakes.queue_parts import Parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    store = Store.open(Home(tmp_path))
    yield Parts(store)
    store.close()
