"""What an empty queue shows: what to drop, and two ways to begin."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId
from gui.picture import Picture


class EmptyQueue(QWidget):
    """An invitation instead of an empty table."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("empty-queue")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        title = QLabel(self.tr("Drop training files here"), alignment=Qt.AlignmentFlag.AlignCenter)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        title.setFont(font)
        words = QLabel(
            self.tr(
                "A .jsonl file with one conversation or one text a line. Espalier trains the files one after another."
            ),
            alignment=Qt.AlignmentFlag.AlignCenter,
        )
        words.setWordWrap(True)
        words.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(10)
        layout.addStretch(2)
        layout.addWidget(Picture("drop", 56), alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addSpacing(6)
        for chosen in (ActionId.ADD_FILES, ActionId.TRY_SAMPLE):
            button = QToolButton()
            button.setDefaultAction(actions[chosen])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setMinimumWidth(180)
            button.setMinimumHeight(32)
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
