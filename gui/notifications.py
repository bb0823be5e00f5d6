"""Tells of a finished queue and of errors while the user looks at something else."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from backend import settings
from backend.errors import WrongUse
from backend.paths import Home
from backend.protocol.host import Notice, QueueFinished
from gui.news import queue_words
from gui.title import NAME

Say = Callable[[str, str, str], bool]
"""Title, words and level (info, warning, error); False where it cannot be shown."""


def wanted_in(home: Home) -> bool:
    """The user's setting; settings that cannot be read are no reason to keep an error to ourselves."""
    try:
        return settings.load(home).window.notifications
    except WrongUse:
        return True


class Notifications(QObject):
    """One message for each event. An error that comes again is told again only after the user has looked."""

    told = Signal(str)
    """The words of a message that went out."""

    def __init__(self, window: QWidget, say: Say, wanted: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._say, self._wanted = window, say, wanted
        self._errors: set[str] = set()

    @Slot(object)
    def finished(self, finished: QueueFinished) -> None:
        self._tell(NAME, queue_words(finished), "warning" if finished.failed else "info")

    @Slot(object)
    def noticed(self, notice: Notice) -> None:
        words = f"{notice.text} {notice.hint}".strip()
        if notice.level != "error" or self._seen():
            return
        if words not in self._errors:
            self._errors.add(words)
            self._tell(self.tr("{name} needs you").format(name=NAME), words, "error")

    def _seen(self) -> bool:
        """Whether the user looks at the window, whose banner says it."""
        seen = self._window.isVisible() and QApplication.activeWindow() is not None
        if seen:
            self._errors.clear()
        return seen

    def _tell(self, title: str, words: str, level: str) -> None:
        if self._seen() or not self._wanted():
            return
        if not self._say(title, words, level):
            QApplication.alert(self._window)
        self.told.emit(words)
