"""The frame of the dialogs that ask the host: heading, a line about it, the body, a message, buttons."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from backend.protocol.host import Failure
from gui.picture import Picture
from gui.theme import ThemeKeeper, Tone

_TONES = {"info": Tone.GOOD, "warning": Tone.CAUTION, "error": Tone.BAD}


class DialogFrame(QDialog):
    """Says what it wants to know; whoever opened it brings the answers."""

    wanted = Signal(object)
    """Request."""

    def __init__(self, name: str, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.theme = theme
        self.about = QLabel()
        self._heading = QLabel()
        self._sign = Picture("info", 18)
        self._message = QLabel()
        self.box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.end = self.box.button(QDialogButtonBox.StandardButton.Close)
        self.end.setIcon(QIcon())  # the style's own is black in the dark
        self.end.setAutoDefault(False)  # Enter belongs to the fields
        self.box.rejected.connect(self.reject)

    @property
    def message(self) -> str:
        return "" if self._message.isHidden() else self._message.text()

    def say(self, level: str, words: str) -> None:
        """One sentence below the body; an empty one takes the last away."""
        self._message.setText(words)
        self._sign.show_icon(level, self.theme.colour(_TONES[level]))
        for widget in (self._sign, self._message):
            widget.setVisible(bool(words))

    def say_failure(self, failure: Failure) -> None:
        self.say("error", f"{failure.message} {failure.hint}".strip())

    def arrange(self, heading: str, body: QWidget, buttons: Sequence[QAbstractButton], size: QSize) -> None:
        """`buttons` stand on the left of those that end the dialog."""
        self.setWindowTitle(heading)
        self._heading.setText(heading)
        self.resize(size.boundedTo(self.screen().availableSize()))
        font = self._heading.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        self._heading.setFont(font)
        self.about.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        for words in (self._heading, self.about, self._message):
            words.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setWordWrap(True)
        self._message.setWordWrap(True)
        self._heading.setToolTip(heading)
        self._heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addWidget(self.about)
        column.addWidget(body, 1)
        column.addLayout(self._message_row())
        column.addLayout(self._button_row(buttons))
        self.say("info", "")

    def _message_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._message, 1)
        return row

    def _button_row(self, buttons: Sequence[QAbstractButton]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in buttons:
            if isinstance(button, QPushButton):
                button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.box)
        return row
