"""An arrow beside a toolbar button, with a menu of what the button can do in another way."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton


def add_arrow(bar: QToolBar, action: QAction, *others: QAction) -> None:
    """A click on the button itself stays what it was."""
    button = bar.widgetForAction(action)
    assert isinstance(button, QToolButton)
    menu = QMenu(button)
    menu.addActions(others)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
