"""Closing the window: asks where a training is under way, sees that it is saved, and only then lets the window go."""

import enum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.facts import Facts

STOP = "stop-and-quit"
LEAVE_RUNNING = "keep-running"


class Phase(enum.Enum):
    """How far the closing is."""

    OPEN = enum.auto()
    SAVING = enum.auto()
    """Stop was asked for; waiting for the fact."""
    HANGING_UP = enum.auto()
    """The worker lets its host go."""
    GONE = enum.auto()


class Closing(QObject):
    """The one way out, for the close button, Quit, a signal and the end of the desktop session alike."""

    stop_wanted = Signal()
    hang_up_wanted = Signal()
    saving = Signal(str)
    """What to show while it lasts."""
    done = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._facts = Facts()
        self._question: QMessageBox | None = None
        self.phase = Phase.OPEN

    @Slot()
    def ask(self) -> None:
        """The user closes the window; a second wish changes nothing."""
        if self.phase is not Phase.OPEN:
            return
        if not self._facts.busy:
            self._hang_up()
            return
        if self._question is None:
            self._question = self._make_question()
            self._question.finished.connect(self._answered)
            self._question.open()

    @Slot()
    def now(self) -> None:
        """A signal or the end of the session: stop without asking. A daemon's training is not ours to stop."""
        if self.phase is not Phase.OPEN:
            return
        if self._question is not None:
            self._question.close()
        if self._facts.busy and not self._facts.remote:
            self._stop()
        else:
            self._hang_up()

    @Slot(object)
    def learn(self, facts: Facts) -> None:
        self._facts = facts
        if self.phase is Phase.SAVING and not facts.busy:
            self._hang_up()

    @Slot()
    def lost(self) -> None:
        """There is no host to wait for."""
        if self.phase is Phase.SAVING:
            self._hang_up()

    @Slot()
    def hung_up(self) -> None:
        self.phase = Phase.GONE
        self.done.emit()

    def _stop(self) -> None:
        self.phase = Phase.SAVING
        self.saving.emit(self.tr("Stopping: the step is finished and saved, then Espalier closes."))
        self.stop_wanted.emit()

    def _hang_up(self) -> None:
        self.phase = Phase.HANGING_UP
        if not self._facts.remote:
            self.saving.emit(self.tr("Closing…"))
        self.hang_up_wanted.emit()

    @Slot()
    def _answered(self) -> None:
        question, self._question = self._question, None
        if question is None or self.phase is not Phase.OPEN:
            return
        clicked = question.clickedButton()
        name = clicked.objectName() if clicked is not None else ""
        if name == STOP:
            self._stop()
        elif name == LEAVE_RUNNING:
            self._hang_up()

    def _make_question(self) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setObjectName("close-question")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Close Espalier"))
        box.setText(self.tr("A training is under way."))
        box.setInformativeText(
            self.tr("It runs in another program and goes on when this window closes.")
            if self._facts.remote
            else self.tr("Espalier finishes the step and saves it; the file goes on from there at the next start.")
        )
        if self._facts.remote:
            leave = box.addButton(self.tr("Keep running and close"), QMessageBox.ButtonRole.AcceptRole)
            leave.setObjectName(LEAVE_RUNNING)
        box.addButton(self.tr("Stop and quit"), QMessageBox.ButtonRole.DestructiveRole).setObjectName(STOP)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        return box
