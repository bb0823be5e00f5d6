"""Undo and redo of the head's last move: asked of the host, then told in the banner with the way back beside it."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction

from backend.protocol.host import Done, Failure, RedoTraining, Reply, Request, UndoTraining
from gui.banner import Banner
from gui.log.lines import line
from gui.log.panel import LogPanel


class Undoing(QObject):
    """Neither asks for a confirmation, for each takes the other back."""

    asked = Signal(object)
    refused = Signal(object)
    """Failure."""

    def __init__(self, banner: Banner, log: LogPanel, undo: QAction, redo: QAction) -> None:
        super().__init__(banner)
        self._banner, self._log = banner, log
        self._undo, self._redo = undo, redo

    @Slot()
    def undo(self) -> None:
        self.asked.emit(UndoTraining())

    @Slot()
    def redo(self) -> None:
        self.asked.emit(RedoTraining())

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case _, Failure():
                self.refused.emit(reply)
            case UndoTraining(), Done(text=done):
                words = self.tr("{done} The head is back to where it was before that. Redo brings it back.")
                self._say(words.format(done=done), self._redo)
            case RedoTraining(), Done(text=done):
                words = self.tr("{done} The head stands on it again. Undo takes it back.")
                self._say(words.format(done=done), self._undo)

    def _say(self, words: str, way_back: QAction) -> None:
        self._log.add(line("info", words))
        self._banner.say("info", words, action=way_back)
