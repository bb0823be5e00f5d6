"""The icon in the desktop's tray: shows the state, steers the training, and brings the window back."""

import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from backend.domain.status import HostState
from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId
from gui.facts import Facts
from gui.tray.picture import tray_icon
from gui.tray.words import tooltip

MENU: tuple[tuple[ActionId, ...], ...] = (
    (ActionId.START, ActionId.RESUME, ActionId.PAUSE, ActionId.STOP, ActionId.SKIP),
    (ActionId.SAVE, ActionId.SNAPSHOT),
    (ActionId.SHOW_WINDOW,),
    (ActionId.QUIT,),
)
Reason = QSystemTrayIcon.ActivationReason
_CLICKS = frozenset({Reason.Trigger, Reason.DoubleClick, Reason.MiddleClick})
_PICTURES = {
    "info": QSystemTrayIcon.MessageIcon.Information,
    "warning": QSystemTrayIcon.MessageIcon.Warning,
    "error": QSystemTrayIcon.MessageIcon.Critical,
}


class Tray(QObject):
    """Appears by itself where and when the desktop has a tray."""

    window_wanted = Signal()

    def __init__(
        self, window: QWidget, verbs: Actions, available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable
    ) -> None:
        """`available` tells whether the desktop shows such icons just now."""
        super().__init__(window)
        self._available = available
        self._state = HostState.IDLE
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(_menu(window, verbs))
        self._icon.activated.connect(self._clicked)
        self._icon.messageClicked.connect(self.window_wanted)
        self.show_facts(Facts())

    @property
    def available(self) -> bool:
        return self._available()

    @property
    def state(self) -> HostState:
        """The state that the icon shows."""
        return self._state

    @property
    def tooltip(self) -> str:
        return self._icon.toolTip()

    @property
    def menu(self) -> QMenu:
        return self._icon.contextMenu()

    @Slot()
    def appear(self) -> None:
        """After the first paint, for drawing it takes a moment."""
        self._icon.setIcon(tray_icon(self._state))
        self._icon.show()

    @Slot()
    def leave(self) -> None:
        """Some desktops keep the icon of a program that has ended; so take it away first."""
        self._icon.hide()

    @Slot(object)
    def show_facts(self, facts: Facts) -> None:
        words = tooltip(facts)
        if words != self._icon.toolTip():
            self._icon.setToolTip(words)
        if facts.status.state is not self._state:
            self._state = facts.status.state
            self._icon.setIcon(tray_icon(self._state))

    def say(self, title: str, words: str, level: str) -> bool:
        """A message beside the icon; False where this desktop shows none."""
        if not self.available or not QSystemTrayIcon.supportsMessages():
            return False
        self._icon.showMessage(title, words, _PICTURES[level])
        return True

    @Slot(QSystemTrayIcon.ActivationReason)
    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        """On macOS a click opens the menu, which has the window in it."""
        if reason in _CLICKS and sys.platform != "darwin":
            self.window_wanted.emit()


def _menu(window: QWidget, verbs: Actions) -> QMenu:
    menu = QMenu(window)
    for number, group in enumerate(MENU):
        if number:
            menu.addSeparator()
        menu.addActions([verbs[verb] for verb in group])
    menu.setDefaultAction(verbs[ActionId.SHOW_WINDOW])
    return menu
