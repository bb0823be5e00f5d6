"""The window's way into the tray and back."""

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QDialog, QWidget

from gui import foreground
from gui.memory import Memory
from gui.tray.icon import Tray

HINTED = "tray-hint"
LOOK_MS = 5000
_WAITS = "waits-for-the-window"
"""A property of dialogs that are hidden with their window."""


class Hiding(QObject):
    """Hides the window only while there is a tray to bring it back from."""

    def __init__(self, window: QWidget, tray: Tray, memory: Memory) -> None:
        super().__init__(window)
        self._window, self._tray, self._memory = window, tray, memory
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self.look)

    @Slot()
    def hide(self) -> None:
        self._window.hide()
        self.hide_dialogs()
        self._look.start()
        if not self._memory.number(HINTED, 0) and self._tray.say(
            self.tr("Espalier goes on without its window"),
            self.tr("It is here in the tray: a click brings the window back, Quit in its menu ends it."),
            "info",
        ):
            self._memory.keep_number(HINTED, 1)
            self._memory.sync()

    @Slot()
    def hide_dialogs(self) -> None:
        """A dialog waits for its window, also one that comes up while that is hidden."""
        if not self._window.isHidden():
            return
        for dialog in self._window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.setProperty(_WAITS, True)
                dialog.hide()

    @Slot()
    def show(self) -> None:
        self.bring("")

    @Slot(str)
    def bring(self, token: str) -> None:
        """Back and to the front; `token` as the desktop may have given it to a second start."""
        self._look.stop()
        foreground.bring(self._window, token)
        for dialog in self._window.findChildren(QDialog):
            if dialog.property(_WAITS):
                dialog.setProperty(_WAITS, None)
                dialog.show()

    @Slot()
    def minimise(self) -> None:
        self._window.showMinimized()

    @Slot()
    def look(self) -> None:
        """A tray may end while the window is in it, and nothing would lead back to it then."""
        if self._window.isHidden() and not self._tray.available:
            self.show()
