"""Closing the window: into the tray or a question where a training is under way, which is saved before the end."""

import enum
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.facts import Facts

STOP = "stop-and-quit"
LEAVE_RUNNING = "keep-running"
MINIMISE = "minimise"


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

    hide_wanted = Signal()
    """The window shall go and the training go on; the tray brings it back."""
    minimise_wanted = Signal()
    window_wanted = Signal()
    """There is a question, which needs a window to stand on."""
    stop_wanted = Signal()
    hang_up_wanted = Signal()
    saving = Signal(str)
    """What to show while it lasts."""
    done = Signal()

    def __init__(self, parent: QWidget, tray_there: Callable[[], bool] = lambda: False) -> None:
        """`tray_there` tells whether a hidden window could be found again."""
        super().__init__(parent)
        self._window = parent
        self._tray_there = tray_there
        self._facts = Facts()
        self._question: QMessageBox | None = None
        self.phase = Phase.OPEN

    @Slot()
    def close_button(self) -> None:
        """The user closes the window: a training that is under way goes on without it, where there is a tray."""
        if self.phase is Phase.OPEN and self._facts.busy and self._tray_there():
            self.hide_wanted.emit()
        else:
            self._ask(may_minimise=not self._facts.remote)

    @Slot()
    def ask(self) -> None:
        """The user ends the program; a second wish changes nothing."""
        self._ask(may_minimise=False)

    def _ask(self, *, may_minimise: bool) -> None:
        if self.phase is not Phase.OPEN:
            return
        if not self._facts.busy:
            self._hang_up()
            return
        self.window_wanted.emit()
        if self._question is None:
            self._question = self._make_question(may_minimise)
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
        elif name == MINIMISE:
            self.minimise_wanted.emit()

    def _make_question(self, may_minimise: bool) -> QMessageBox:
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
        if may_minimise:
            keep = box.addButton(self.tr("Keep training, minimised"), QMessageBox.ButtonRole.AcceptRole)
            keep.setObjectName(MINIMISE)
        box.addButton(self.tr("Stop and quit"), QMessageBox.ButtonRole.DestructiveRole).setObjectName(STOP)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        cancel.setIcon(QIcon())
        box.setDefaultButton(cancel)
        return box
