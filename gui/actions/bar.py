"""The catalogue as live QActions: text, icon and shortcut once, enabled and visible after every new fact."""

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QPalette

from gui import icons
from gui.actions.catalogue import CATALOGUE, CONTEXT, Action, ActionId
from gui.facts import Facts


class Actions(QObject):
    """One QAction for each action of the catalogue, shared by toolbar, menus and context menus."""

    chosen = Signal(str)
    """The id of the action that the user chose."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._made = {action.id: self._make(action) for action in CATALOGUE}

    def __getitem__(self, wanted: ActionId) -> QAction:
        return self._made[wanted]

    def follow(self, facts: Facts) -> None:
        for action in CATALOGUE:
            made = self._made[action.id]
            made.setEnabled(action.enabled(facts))
            made.setVisible(action.visible(facts))
            if action.words is not None:
                made.setText(action.words(facts) or QCoreApplication.translate(CONTEXT, action.text))

    def tint(self, palette: QPalette) -> None:
        for action in CATALOGUE:
            self._made[action.id].setIcon(icons.tinted(action.icon, palette))

    def _make(self, action: Action) -> QAction:
        text = QCoreApplication.translate(CONTEXT, action.text)
        tip = QCoreApplication.translate(CONTEXT, action.tip)
        made = QAction(text, self)
        made.setObjectName(action.id)
        made.setIconText(text)
        keys = QKeySequence.listFromString(action.shortcut)
        made.setShortcuts(keys)
        shown = keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        made.setToolTip(f"{tip} ({shown})" if shown else tip)
        made.triggered.connect(self._pass_on)
        return made

    @Slot()
    def _pass_on(self) -> None:
        self.chosen.emit(self.sender().objectName())
