"""A strip above the status line that says what just happened, with details behind a button, until it is dismissed."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QColor, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton

from gui import icons
from gui.picture import Picture
from gui.theme import ThemeKeeper, Tone

_TONES = {"info": Tone.GOOD, "warning": Tone.CAUTION, "error": Tone.BAD}
_ICONS = {"info": "info", "warning": "warning", "error": "error"}
_TINT = 0.14
_BRIEF_MS = 15_000
"""Good news that asks for nothing goes by itself."""


class Banner(QFrame):
    """Shows one thing at a time; a newer one replaces it."""

    details_wanted = Signal(str)

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setAutoFillBackground(True)
        self._theme = theme
        self._level = "info"
        self._details = ""
        self._icon = Picture("info", 18)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._progress = QProgressBar()
        self._progress.setFixedSize(160, 8)
        self._progress.setTextVisible(False)
        self._more = QPushButton(self.tr("Details…"))
        self._more.clicked.connect(self._ask_for_details)
        self._act = QToolButton()
        self._act.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setAccessibleName(self.tr("Dismiss"))
        self._close.setToolTip(self.tr("Dismiss"))
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        for widget in (self._progress, self._act, self._more, self._close):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_BRIEF_MS)
        self._timer.timeout.connect(self.hide)
        theme.changed.connect(self._dress)
        self.hide()

    def say(self, level: str, words: str, details: str = "", action: QAction | None = None) -> None:
        """Show `words`; `details` wait behind a button, `action` is offered beside them."""
        self._level, self._details = level, details
        self._text.setText(words)
        self._more.setVisible(bool(details))
        self._act.setVisible(action is not None)
        if action is not None:
            for former in self._act.actions():
                self._act.removeAction(former)  # a button with several would show the arrow of a menu
            self._act.setDefaultAction(action)
        brief = level == "info" and not details and action is None
        self._timer.stop()
        if brief:
            self._timer.start()
        self._progress.hide()
        self._close.show()
        self._dress()
        self.show()

    def say_progress(self, words: str, done: int = 0, total: int = 0) -> None:
        """Something that takes time; total 0 shows that it goes on without saying how far."""
        self.say("info", words)
        self._timer.stop()
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._progress.show()
        self._close.hide()

    @property
    def words(self) -> str:
        return "" if self.isHidden() else self._text.text()

    @property
    def action(self) -> QAction | None:
        """What is offered beside the words."""
        return None if self.isHidden() or self._act.isHidden() else self._act.defaultAction()

    @property
    def details(self) -> str:
        return self._details

    @property
    def shows_progress(self) -> bool:
        return not self.isHidden() and not self._progress.isHidden()

    @Slot()
    def _ask_for_details(self) -> None:
        self.details_wanted.emit(self._details)

    @Slot()
    def _dress(self) -> None:
        tone = self._theme.colour(_TONES.get(self._level, Tone.GOOD))
        colours = self._theme.palette()
        ground = colours.color(QPalette.ColorRole.Window)
        colours.setColor(QPalette.ColorRole.Window, _mixed(ground, tone, _TINT))
        self.setPalette(colours)
        self._icon.show_icon(_ICONS.get(self._level, "info"), tone)
        self._close.setIcon(icons.tinted("close", colours))


def _mixed(ground: QColor, tone: QColor, share: float) -> QColor:
    def mix(a: int, b: int) -> int:
        return round(a * (1 - share) + b * share)

    return QColor(mix(ground.red(), tone.red()), mix(ground.green(), tone.green()), mix(ground.blue(), tone.blue()))
