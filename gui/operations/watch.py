"""Tells in banner and log how a long operation ended; while it runs the status line shows it."""

from PySide6.QtCore import QObject, Signal, Slot

from backend.domain.operation import Operation, OperationState
from backend.protocol.host import Notice
from gui.banner import Banner
from gui.log.lines import line
from gui.log.panel import LogPanel
from gui.operations import words

LEVELS = {OperationState.DONE: "info", OperationState.CANCELLED: "info", OperationState.FAILED: "error"}


class OperationWatch(QObject):
    """An error asks for attention at once; what went well does so calmly."""

    ended = Signal(object)
    """Notice."""

    def __init__(self, banner: Banner, log: LogPanel) -> None:
        super().__init__(banner)
        self._banner, self._log = banner, log
        self._begun: set[int] = set()

    @Slot(object)
    def learn(self, operation: Operation) -> None:
        if operation.state is OperationState.RUNNING:
            if operation.id not in self._begun:
                self._begun.add(operation.id)
                self._log.add(line("info", words.doing(operation)))
            return
        level, said = LEVELS[operation.state], words.ended(operation)
        self._begun.discard(operation.id)
        self._log.add(line(level, said))
        self._banner.say(level, said)
        self.ended.emit(Notice(level=level, text=operation.text, hint=operation.hint))
