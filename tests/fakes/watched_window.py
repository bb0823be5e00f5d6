"""A real window that says what is to be seen in it and where, and the mouse that acts there."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from backend.paths import Home
from tests.drivers.seen_window import Seen
from tests.fakes.hosting import give_base
from tests.fakes.screen import PATIENCE, Screen, until
from tests.fakes.scripted_engine import Script

PROJECT = Path(__file__).parents[2]
DRIVER = PROJECT / "tests" / "drivers" / "seen_window.py"
LOST_AFTER = 5.0
"""Seconds after which a key that had no effect was lost: the window had no focus yet."""
SLOW = Script(steps=100_000, seconds=0.02, save_every=1_000_000)


class Watched:
    """A window that says what is to be seen in it."""

    def __init__(self, process: "subprocess.Popen[bytes]", path: Path, screen: Screen) -> None:
        self.process = process
        self.number = ""
        """The window manager's name for the window."""
        self._path = path
        self._screen = screen

    @property
    def seen(self) -> Seen:
        return msgspec.json.decode(self._path.read_bytes(), type=Seen) if self._path.exists() else Seen()

    def until(self, holds: Callable[[Seen], bool], what: str) -> Seen:
        until(lambda: holds(self.seen), f"{what}: {self.seen}")
        return self.seen

    def press(self, button: str) -> None:
        self._screen.click(self.until(lambda seen: button in seen.buttons, button).buttons[button])

    def answer(self, words: str) -> None:
        """Press this button of the question."""
        self._screen.click(self.until(lambda seen: words in seen.answers, words).answers[words])

    def press_close(self) -> None:
        """What the cross in the title bar does: the window manager asks the window to close."""
        deadline = time.monotonic() + PATIENCE
        while self._is_untouched and time.monotonic() < deadline:
            self.key("alt+F4")
            pressed = time.monotonic()
            while self._is_untouched and time.monotonic() - pressed < LOST_AFTER:
                time.sleep(0.05)

    @property
    def _is_untouched(self) -> bool:
        """Whether closing has done nothing yet."""
        return self.seen.visible and not self.seen.question

    def key(self, keys: str) -> None:
        """Press keys in the window."""
        self._screen.activate(self.number)
        self._screen.run("xdotool", "key", "--clearmodifiers", keys)


@contextlib.contextmanager
def watched_window(screen: Screen, home: Home, path: Path) -> Iterator[Watched]:
    """On the scripted engine, moved away from the upper left corner, where the files to drag are.

    Args:
        path: where the window writes down what is seen.
    """
    give_base(home)
    process = subprocess.Popen(
        [sys.executable, str(DRIVER), str(home.root), str(path), msgspec.json.encode(SLOW).decode()],
        cwd=PROJECT,
        env=screen.environment,
    )
    try:
        watched = Watched(process, path, screen)
        watched.until(lambda seen: seen.visible and seen.open, "the window")
        watched.number = screen.window("Espalier")
        screen.run("xdotool", "windowmove", watched.number, "140", "40")
        screen.activate(watched.number)
        yield watched
    finally:
        process.kill()
        process.communicate()
