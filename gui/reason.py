"""Pause, stop or skip with a reason: a line that may be typed, shown while it holds and kept in the history."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QInputDialog, QLineEdit, QPushButton, QWidget

from backend.protocol.host import PauseTraining, SkipJob, StopTraining
from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId

_REQUESTS = {
    ActionId.PAUSE_BECAUSE: PauseTraining,
    ActionId.STOP_BECAUSE: StopTraining,
    ActionId.SKIP_BECAUSE: SkipJob,
}
REASONED = {
    ActionId.PAUSE: ActionId.PAUSE_BECAUSE,
    ActionId.STOP: ActionId.STOP_BECAUSE,
    ActionId.SKIP: ActionId.SKIP_BECAUSE,
}
"""Each control that a reason may be given for, with the action that asks for one."""
MOST_SIGNS = 200
_WIDTH = 420


class Reasons(QObject):
    """Asks for the reason first; the control itself never waits for one."""

    requested = Signal(object)
    """PauseTraining, StopTraining or SkipJob with the reason."""

    def __init__(self, window: QWidget, verbs: Actions) -> None:
        super().__init__(window)
        self._window = window
        self._verbs = verbs
        self._wanted = ActionId.PAUSE_BECAUSE
        for verb in _REQUESTS:
            verbs[verb].triggered.connect(self._ask)

    @Slot()
    def _ask(self) -> None:
        self._wanted = ActionId(self.sender().objectName())
        action = self._verbs[self._wanted]
        dialog = QInputDialog(self._window)
        dialog.setObjectName("reason")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(action.text().rstrip("…"))
        dialog.setLabelText(self.tr("Why? It is shown with the file and kept in its history."))
        dialog.setOkButtonText(self._button(action))
        dialog.resize(_WIDTH, dialog.sizeHint().height())
        for line in dialog.findChildren(QLineEdit):
            line.setMaxLength(MOST_SIGNS)
        for button in dialog.findChildren(QPushButton):
            button.setIcon(QIcon())
        dialog.textValueSelected.connect(self._give)
        action.enabledChanged.connect(dialog.reject)  # there is nothing left to give a reason for
        dialog.open()

    def _button(self, action: QAction) -> str:
        plain = next(control for control, reasoned in REASONED.items() if reasoned == action.objectName())
        return self._verbs[plain].text()

    @Slot(str)
    def _give(self, reason: str) -> None:
        self.requested.emit(_REQUESTS[self._wanted](reason=reason.strip()))
