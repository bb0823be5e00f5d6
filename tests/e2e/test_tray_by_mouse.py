"""A real window and a real tray: closed by its title bar while it trains, brought back by the icon, ended by Quit."""

import sys
from pathlib import Path

import pytest

from backend.client import connect
from backend.datasets.intake import take_in
from backend.paths import Home
from backend.protocol.host import Enqueue, Queued
from tests.drivers.seen_window import Place
from tests.fakes.screen import Screen
from tests.fakes.watched_window import Watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Xvfb stands for a screen on Linux only")
RIGHT = 3


def queue(home: Home, file: Path) -> None:
    """As a second program does it."""
    file.write_text('{"text": "good"}\n', encoding="utf-8")
    host = connect(home)
    assert host is not None
    try:
        assert isinstance(host.handle(Enqueue(dataset=take_in(home, file))), Queued)
    finally:
        host.close()


def icon_of(window: Watched) -> Place:
    """Where the icon is now; for a moment after the window has gone nobody can tell."""
    place = window.until(lambda seen: seen.tray is not None, "the tray's icon").tray
    assert place is not None
    return place


def test_closed_while_it_trains_it_goes_on_in_the_tray_comes_back_by_a_click_and_quit_asks(
    screen: Screen, window: Watched, home: Home, tmp_path: Path
) -> None:
    with screen.tray():
        icon_of(window)
        queue(home, tmp_path / "a.jsonl")
        window.press("start")
        window.until(lambda seen: seen.state == "training" and seen.step > 0, "the training")

        window.press_close()
        hidden = window.until(lambda seen: not seen.visible, "the window in the tray")
        assert hidden.question == ""
        window.until(lambda seen: seen.state == "training" and seen.step > hidden.step, "further steps")
        screen.shoot("tray-hint")
        screen.click(icon_of(window))  # or the hint that lies over it the first time: either brings the window back
        window.until(lambda seen: seen.visible and seen.state == "training", "the window back on the screen")

        window.press_close()
        window.until(lambda seen: not seen.visible, "the window in the tray again")
        screen.click(icon_of(window), RIGHT)
        seen = window.until(lambda seen: bool(seen.menu), "the menu of the tray")
        assert seen.menu == ("pause", "stop", "skip", "save", "snapshot", "show-window", "quit")
        screen.shoot("tray-menu")
        screen.run("xdotool", "key", "Escape")
        window.until(lambda seen: not seen.menu, "the end of the menu")

        screen.click(icon_of(window))
        window.until(lambda seen: seen.visible, "the window for its end")
        window.key("ctrl+q")
        window.until(lambda seen: seen.question == "A training is under way.", "the question")
        screen.shoot("quit-question")
        window.answer("Stop and quit")
        assert window.process.wait(60) == 0
    assert any(home.checkpoints(1).glob("[0-9]*"))
