"""Every move of the head as a list, newest first, with undo and redo beside it."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from backend.protocol.host import Failure, GetHeadHistory, HeadHistoryReply, Reply, Request
from gui import format as text
from gui.dialogs.frame import DialogFrame
from gui.moves.columns import COLUMNS, CONTEXT, rows
from gui.table.model import TableModel
from gui.table.view import TablePanel
from gui.theme import ThemeKeeper

_SIZE = QSize(860, 520)


class MovesDialog(DialogFrame):
    """Shows what the head is made of; it asks again whenever the head has moved."""

    def __init__(self, undo: QAction, redo: QAction, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("moves", theme, parent)
        heading = self.tr("Training history")
        model = TableModel(COLUMNS, CONTEXT, lambda row: row.move.id, theme, self)
        nothing = self.tr("Nothing was trained yet. Each training, and each choice of a model, is listed here.")
        self.table = TablePanel(model, heading, nothing)
        buttons = [QToolButton(), QToolButton()]
        for button, action in zip(buttons, (undo, redo), strict=True):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setDefaultAction(action)
        self.arrange(heading, self.table, buttons, _SIZE)

    @Slot()
    def ask(self) -> None:
        self.wanted.emit(GetHeadHistory())

    @Slot(object, object)
    def answer(self, _request: Request, reply: Reply) -> None:
        match reply:
            case HeadHistoryReply(moves=moves):
                self.say("info", "")
                self.table.model.show(rows(moves))
                counted = text.count(len(moves), self.tr("move"), self.tr("moves"))
                words = self.tr("{moves} of the head, the newest first. What was undone is kept.")
                self.about.setText(words.format(moves=counted))
            case Failure():
                self.say_failure(reply)
