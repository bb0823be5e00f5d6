"""A bug that nobody caught is told with its details, and signals reach the window at once."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from gui.crash import CrashDialog, CrashReporter
from gui.signals import SignalWatch
from tests.fakes.window import User


@pytest.fixture
def reporter() -> Iterator[CrashReporter]:
    before = sys.excepthook, threading.excepthook
    made = CrashReporter()
    yield made
    sys.excepthook, threading.excepthook = before


def test_a_bug_opens_a_dialog_whose_details_can_be_copied(user: Callable[[], User], reporter: CrashReporter) -> None:
    window = user().window
    dialog = CrashDialog(window)
    reporter.happened.connect(dialog.show)
    reporter.install()
    for _ in range(2):  # the second one only goes to the log
        try:
            raise ZeroDivisionError(str(Path.home() / "secret"))
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    boxes = window.findChildren(QMessageBox)
    assert len(boxes) == 1
    copy = next(button for button in boxes[0].findChildren(QPushButton) if button.text() == "Copy details")
    copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "ZeroDivisionError: ~" in copied
    assert str(Path.home() / "secret") not in copied
    boxes[0].close()


def test_a_bug_in_another_thread_is_told_too(qtbot: QtBot, reporter: CrashReporter) -> None:
    reporter.install()

    def fail() -> None:
        raise KeyError("lost")

    with qtbot.waitSignal(reporter.happened) as told:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert told.args is not None
    assert "KeyError: 'lost'" in told.args[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send a signal to the own process only")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_heard_at_once(qtbot: QtBot, qapp: QApplication, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    watch = SignalWatch(qapp)
    with qtbot.waitSignal(watch.asked_to_end):
        os.kill(os.getpid(), number)
    watch.close()
    assert signal.getsignal(number) is before
