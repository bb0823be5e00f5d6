"""The watch rings for changes in its folders, looks for itself where the system does not tell, and ends."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from backend.inbox.watch import Watch

PATIENCE = 30.0


@pytest.fixture
def rung() -> threading.Event:
    return threading.Event()


@pytest.fixture
def watch(rung: threading.Event) -> Iterator[Watch]:
    watch = Watch(rung.set)
    yield watch
    watch.close()


def rings_for(rung: threading.Event, change: Callable[[int], object]) -> bool:
    """Make changes until one rings: the watch may be just beginning."""
    rung.clear()
    deadline = time.monotonic() + PATIENCE
    number = 0
    while not rung.is_set() and time.monotonic() < deadline:
        change(number)
        number += 1
        rung.wait(0.3)
    return rung.is_set()


def test_it_rings_for_the_folders_it_was_given_last(watch: Watch, rung: threading.Event, tmp_path: Path) -> None:
    sub = tmp_path / "sub"
    sub.mkdir()
    watch.see([tmp_path])
    assert rings_for(rung, lambda number: (tmp_path / f"a{number}").touch())
    watch.see([tmp_path, sub])
    assert rings_for(rung, lambda number: (sub / f"b{number}").touch())


def test_where_watching_fails_it_polls(
    watch: Watch, rung: threading.Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, asked = watchfiles.watch, []

    def failing(*folders: Path, force_polling: bool | None, **options: Any) -> Any:
        asked.append(force_polling)
        if not force_polling:
            raise OSError(28, "No space left on device")
        return really(*folders, force_polling=True, **options)

    monkeypatch.setattr(watchfiles, "watch", failing)
    watch.see([tmp_path])
    assert rings_for(rung, lambda number: (tmp_path / f"a{number}").touch())
    assert asked[:2] == [None, True]


def test_a_watch_of_nothing_ends_too(tmp_path: Path) -> None:
    watch = Watch(lambda: None)
    watch.close()
    watch.see([tmp_path])
    assert not watch._thread.is_alive()


def test_closing_ends_the_thread(rung: threading.Event, tmp_path: Path) -> None:
    watch = Watch(rung.set)
    watch.see([tmp_path])
    watch.close()
    assert not watch._thread.is_alive()
