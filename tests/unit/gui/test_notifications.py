"""One message for each event, and only where nobody looks at the window."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from backend import settings
from backend.paths import Home
from backend.protocol.host import Notice, QueueFinished
from gui.notifications import Notifications, wanted_in

FULL = Notice(level="error", text="The disk is full.", hint="Free some space.")


class Desktop:
    """Takes messages, or cannot show any."""

    def __init__(self, *, can: bool = True) -> None:
        self._can = can
        self.shown: list[tuple[str, str]] = []

    def say(self, _title: str, words: str, level: str) -> bool:
        self.shown.append((level, words))
        return self._can


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    """Out of sight until it is shown."""
    made = QWidget()
    yield made
    made.close()


def look_at(window: QWidget, qtbot: QtBot) -> None:
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def test_a_finished_queue_tells_its_counts_once(window: QWidget) -> None:
    desktop = Desktop()
    notifications = Notifications(window, desktop.say, lambda: True)
    notifications.finished(QueueFinished(done=3, failed=0))
    notifications.finished(QueueFinished(done=2, failed=1))
    assert desktop.shown == [
        ("info", "The queue is finished: 3 files trained."),
        ("warning", "The queue is finished: 2 files trained, 1 file failed."),
    ]


def test_errors_are_told_and_lesser_notices_are_not(window: QWidget) -> None:
    desktop = Desktop()
    notifications = Notifications(window, desktop.say, lambda: True)
    for level in ("info", "warning", "error"):
        notifications.noticed(Notice(level=level, text="It is so."))
    assert desktop.shown == [("error", "It is so.")]


def test_an_error_that_comes_again_is_told_again_only_after_the_user_has_looked(window: QWidget, qtbot: QtBot) -> None:
    desktop = Desktop()
    notifications = Notifications(window, desktop.say, lambda: True)
    notifications.noticed(FULL)
    notifications.noticed(FULL)
    assert len(desktop.shown) == 1
    look_at(window, qtbot)
    notifications.noticed(FULL)
    assert len(desktop.shown) == 1
    window.hide()
    notifications.noticed(FULL)
    assert len(desktop.shown) == 2


def test_nothing_is_told_to_somebody_who_looks_at_the_window(window: QWidget, qtbot: QtBot) -> None:
    desktop = Desktop()
    notifications = Notifications(window, desktop.say, lambda: True)
    look_at(window, qtbot)
    notifications.finished(QueueFinished(done=1, failed=0))
    notifications.noticed(FULL)
    assert desktop.shown == []


def test_another_window_of_ours_is_no_look_at_a_hidden_one(window: QWidget, qtbot: QtBot) -> None:
    desktop = Desktop()
    notifications = Notifications(window, desktop.say, lambda: True)
    preview = QWidget()
    qtbot.addWidget(preview)
    look_at(preview, qtbot)
    notifications.noticed(FULL)
    assert len(desktop.shown) == 1


def test_where_no_message_can_be_shown_the_window_asks_for_attention(
    window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerted: list[QWidget] = []
    monkeypatch.setattr("gui.notifications.QApplication.alert", alerted.append)
    Notifications(window, Desktop(can=False).say, lambda: True).noticed(FULL)
    assert alerted == [window]


def test_the_setting_turns_them_off(window: QWidget, home: Home) -> None:
    desktop = Desktop()
    notifications = Notifications(window, desktop.say, lambda: wanted_in(home))
    settings.put(home, "window.notifications", "no")
    notifications.noticed(FULL)
    notifications.finished(QueueFinished(done=1, failed=0))
    assert desktop.shown == []
    settings.put(home, "window.notifications", "yes")
    notifications.finished(QueueFinished(done=1, failed=0))
    assert len(desktop.shown) == 1


def test_settings_that_cannot_be_read_keep_no_error_back(home: Home) -> None:
    home.config.write_text("not toml [", encoding="utf-8")
    assert wanted_in(home)
