"""The catalogue as live QActions: text, icon and shortcut once, enabled and visible after every new fact."""

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QPalette

from backend.datasets.visible import visible
from gui import format as text
from gui import icons
from gui.actions.catalogue import CATALOGUE, CONTEXT, Action, ActionId
from gui.facts import Facts

_ROLES = {ActionId.SETTINGS: QAction.MenuRole.PreferencesRole, ActionId.QUIT: QAction.MenuRole.QuitRole}
_LONGEST = 60
"""Characters of a name in a menu."""


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
            why = action.why(facts)
            made.setEnabled(action.enabled(facts) and not why)
            made.setToolTip(why or _tip(action, made))
            made.setVisible(action.visible(facts))
            if action.text_of:
                made.setText(_text(action, facts))

    def tint(self, palette: QPalette) -> None:
        for action in CATALOGUE:
            self._made[action.id].setIcon(icons.tinted(action.icon, palette))

    def _make(self, action: Action) -> QAction:
        text = QCoreApplication.translate(CONTEXT, action.text)
        made = QAction(text, self)
        made.setObjectName(action.id)
        made.setMenuRole(_ROLES.get(action.id, QAction.MenuRole.NoRole))  # macOS otherwise guesses from the words
        made.setIconText(text)
        made.setShortcuts(QKeySequence.listFromString(action.shortcut))
        made.setToolTip(_tip(action, made))
        made.triggered.connect(self._pass_on)
        return made

    @Slot()
    def _pass_on(self) -> None:
        self.chosen.emit(self.sender().objectName())


def _tip(action: Action, made: QAction) -> str:
    tip, keys = QCoreApplication.translate(CONTEXT, action.tip), made.shortcuts()
    shown = keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
    return f"{tip} ({shown})" if shown else tip


def _text(action: Action, facts: Facts) -> str:
    what = action.what(facts)
    if what is None:
        return QCoreApplication.translate(CONTEXT, action.text)
    named = QCoreApplication.translate(CONTEXT, action.text_of)
    return named.format(what=text.shortened(visible(what), _LONGEST)).replace("&", "&&")
