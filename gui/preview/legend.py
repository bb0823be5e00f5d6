"""What the marks in the first rows mean, shown with the marks themselves."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLabel

from gui.preview.rows import tint
from gui.theme import ThemeKeeper, Tone


class Legend(QLabel):
    """One line in the colours of the theme."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setIndent(12)
        theme.changed.connect(self._dress)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        good, quiet = self._theme.colour(Tone.GOOD), self._theme.colour(Tone.QUIET)
        ground = tint(good)
        background = f"rgba({ground.red()}, {ground.green()}, {ground.blue()}, {ground.alpha()})"
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        learned = (
            f'<span style="background-color: {background}; text-decoration: underline">{self.tr("learned")}</span>'
        )
        special = (
            f"<span style=\"color: {quiet.name()}; font-family: '{fixed}'\">{self.tr('&lt;special token&gt;')}</span>"
        )
        context = self.tr("context that is only read")
        self.setText("&nbsp;&nbsp;&nbsp;·&nbsp;&nbsp;&nbsp;".join((learned, context, special)))
