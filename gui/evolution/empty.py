"""What the Evolution tab shows before there is anything to see, with a sample to try."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from gui.actions.bar import Actions
from gui.actions.catalogue import ActionId


class EmptyEvolution(QWidget):
    """Says what is missing and how it comes."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.words = QLabel(
            self.tr(
                "Here you see what the model answers to examples of your file while it learns them.\n"
                "The first snapshot is taken when training starts."
            ),
            alignment=Qt.AlignmentFlag.AlignCenter,
        )
        self.words.setWordWrap(True)
        self.words.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        sample = QToolButton()
        sample.setDefaultAction(actions[ActionId.TRY_SAMPLE])
        sample.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        sample.setMinimumSize(180, 32)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        layout.addStretch(2)
        layout.addWidget(self.words)
        layout.addWidget(sample, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
