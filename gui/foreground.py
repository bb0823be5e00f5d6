"""How a window comes to the front: desktops allow that only to the program that the user has just turned to."""

import os
import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

_TOKEN = "XDG_ACTIVATION_TOKEN"
"""Where Wayland's desktops leave the right for the program that they start, and where Qt looks for it."""


def hand_on() -> str:
    """The program that the user has just started lets another come to the front; returns a token for it, or nothing."""
    if sys.platform == "win32":
        import ctypes

        any_process = -1
        ctypes.windll.user32.AllowSetForegroundWindow(any_process)
    return os.environ.get(_TOKEN, "")


def bring(window: QWidget, token: str = "") -> None:
    """Show `window`, whether it was hidden, minimised or covered, and give it the keyboard."""
    if token:
        os.environ[_TOKEN] = token
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
