"""An example that the user types: question, expected answer, and a system text where one is wanted."""

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from backend.protocol import evolution as e
from backend.protocol.host import Done, Failure, Reply, Request
from gui.dialogs.frame import DialogFrame
from gui.theme import ThemeKeeper

_SIZE = QSize(560, 460)


class PinForm(DialogFrame):
    """Closes once the example is pinned; what is refused stays, with the reason."""

    def __init__(self, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("pin-form", theme, parent)
        self.question = QPlainTextEdit()
        self.expected = QPlainTextEdit()
        self.system = QPlainTextEdit()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for words, field, share in (
            (self.tr("&Question"), self.question, 2),
            (self.tr("&Expected answer"), self.expected, 3),
            (self.tr("&System text (may stay empty)"), self.system, 1),
        ):
            label = QLabel(words)
            label.setBuddy(field)
            field.setAccessibleName(words.replace("&", ""))
            field.setTabChangesFocus(True)
            field.setAcceptDrops(False)
            field.textChanged.connect(self._look)
            column.addWidget(label)
            column.addWidget(field, share)
        self.add = QPushButton(self.tr("Pin it"))
        self.add.setAutoDefault(False)
        self.add.clicked.connect(self._pin)
        self.end.setText(self.tr("Cancel"))
        self.box.addButton(self.add, QDialogButtonBox.ButtonRole.ActionRole)
        self.about.setText(
            self.tr("It is asked in the training of every file, from the next file on, and not trained there.")
        )
        self.arrange(self.tr("Add an example"), body, (), _SIZE)
        self._look()
        self.question.setFocus()

    @Slot(object, object)
    def answer(self, _request: Request, reply: Reply) -> None:
        match reply:
            case Done():
                self.accept()
            case Failure():
                self.say_failure(reply)
                self._look()

    @Slot()
    def _look(self) -> None:
        self.add.setEnabled(all(field.toPlainText().strip() for field in (self.question, self.expected)))

    @Slot()
    def _pin(self) -> None:
        self.add.setEnabled(False)
        self.say("info", "")
        texts = (field.toPlainText() for field in (self.question, self.expected, self.system))
        question, answer, system = texts
        self.wanted.emit(e.PinTyped(question=question, answer=answer, system=system))
