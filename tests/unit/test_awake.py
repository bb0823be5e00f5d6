"""The machine is kept awake exactly while it is wanted, and a desktop that refuses or is slow holds up nothing."""

import contextlib
import logging
import threading
from collections.abc import Iterator

import pytest

from backend.awake import Awake, staying_awake

PATIENCE = 60.0


class Desktop:
    """Notes when it is told to stay awake, and in which threads."""

    def __init__(self, *, can: bool = True, error: Exception | None = None) -> None:
        self._can = can
        self._error = error
        self._changed = threading.Condition()
        self.answers = threading.Event()
        self.answers.set()
        self.awake = 0
        self.nights = 0
        self.threads: set[int] = set()

    @contextlib.contextmanager
    def mode(self) -> Iterator[bool]:
        self.answers.wait(PATIENCE)
        self._note(1)
        try:
            if self._error is not None:
                raise self._error
            yield self._can
        finally:
            self._note(-1)

    def wait_until(self, *, awake: int, nights: int) -> None:
        """Wait until it is so; `nights` counts how often it was let go."""
        with self._changed:
            assert self._changed.wait_for(lambda: (self.awake, self.nights) == (awake, nights), PATIENCE)

    def _note(self, change: int) -> None:
        self.threads.add(threading.get_ident())
        with self._changed:
            self.awake += change
            self.nights += change < 0
            self._changed.notify_all()


def test_it_is_awake_exactly_while_that_is_wanted() -> None:
    desktop = Desktop()
    awake = Awake(desktop.mode)
    awake.follow(False)
    awake.follow(True)
    awake.follow(True)
    desktop.wait_until(awake=1, nights=0)
    awake.follow(False)
    desktop.wait_until(awake=0, nights=1)
    awake.follow(True)
    desktop.wait_until(awake=1, nights=1)
    awake.close()
    desktop.wait_until(awake=0, nights=2)


def test_one_thread_of_its_own_enters_and_leaves() -> None:
    desktop = Desktop()
    awake = Awake(desktop.mode)
    awake.follow(True)
    desktop.wait_until(awake=1, nights=0)
    awake.close()
    assert len(desktop.threads) == 1
    assert threading.get_ident() not in desktop.threads


def test_a_desktop_that_does_not_answer_holds_nobody_up() -> None:
    desktop = Desktop()
    desktop.answers.clear()
    awake = Awake(desktop.mode)
    awake.follow(True)
    awake.follow(False)
    awake.follow(True)
    assert desktop.awake == 0
    desktop.answers.set()
    desktop.wait_until(awake=1, nights=0)
    awake.close()


def test_a_desktop_that_cannot_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "backend.awake")
    desktop = Desktop(can=False)
    awake = Awake(desktop.mode)
    for nights in range(3):
        awake.follow(True)
        desktop.wait_until(awake=1, nights=nights)
        awake.follow(False)
        desktop.wait_until(awake=0, nights=nights + 1)
    awake.close()
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "no way to keep the machine awake" in caplog.text


def test_a_desktop_that_fails_is_not_asked_again_for_the_same_wish(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "backend.awake")
    desktop = Desktop(error=OSError("no bus"))
    awake = Awake(desktop.mode)
    awake.follow(True)
    desktop.wait_until(awake=0, nights=1)
    awake.follow(True)
    awake.close()
    assert desktop.nights == 1
    assert [record.levelname for record in caplog.records] == ["INFO"]


def test_the_real_desktop_is_asked_without_an_error_or_a_warning() -> None:
    with staying_awake() as awake:
        assert isinstance(awake, bool)
