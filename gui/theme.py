"""Light and dark palettes on the Fusion style; `auto` follows the desktop where it tells what it likes."""

import enum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication


class Theme(enum.StrEnum):
    """What the user chose."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Tone(enum.StrEnum):
    """Colours beyond the palette that carry a meaning."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    QUIET = "quiet"
    CURVE = "curve"
    CURVE_RAW = "curve-raw"
    HELD_OUT = "held-out"
    RIGHT = "right"
    SIMILAR = "similar"
    EDGE = "edge"


_LIGHT = {
    Tone.GOOD: "#1f7a4d",
    Tone.CAUTION: "#8a5a00",
    Tone.BAD: "#b3261e",
    Tone.QUIET: "#5f6b66",
    Tone.CURVE: "#1f7a4d",
    Tone.CURVE_RAW: "#b5d3c3",
    Tone.HELD_OUT: "#c2570c",
    Tone.RIGHT: "#1d5fa8",
    Tone.SIMILAR: "#7a3fa0",
    Tone.EDGE: "#d5dad7",
}
_DARK = {
    Tone.GOOD: "#6fcf97",
    Tone.CAUTION: "#f2c063",
    Tone.BAD: "#ff8a80",
    Tone.QUIET: "#9aa6a0",
    Tone.CURVE: "#6fcf97",
    Tone.CURVE_RAW: "#4f7d66",
    Tone.HELD_OUT: "#ffab6b",
    Tone.RIGHT: "#7ab8ff",
    Tone.SIMILAR: "#cfa3f5",
    Tone.EDGE: "#444c48",
}
_LIGHT_ROLES = {
    QPalette.ColorRole.Window: "#f3f5f4",
    QPalette.ColorRole.WindowText: "#1c211f",
    QPalette.ColorRole.Base: "#ffffff",
    QPalette.ColorRole.AlternateBase: "#f7f9f8",
    QPalette.ColorRole.Text: "#1c211f",
    QPalette.ColorRole.PlaceholderText: "#6b7671",
    QPalette.ColorRole.Button: "#f3f5f4",
    QPalette.ColorRole.ButtonText: "#1c211f",
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.ToolTipBase: "#ffffff",
    QPalette.ColorRole.ToolTipText: "#1c211f",
    QPalette.ColorRole.Highlight: "#1f7a4d",
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.Accent: "#1f7a4d",
    QPalette.ColorRole.Link: "#1f7a4d",
}
_DARK_ROLES = {
    QPalette.ColorRole.Window: "#2c3230",
    QPalette.ColorRole.WindowText: "#e6ebe8",
    QPalette.ColorRole.Base: "#1a1e1c",
    QPalette.ColorRole.AlternateBase: "#1f2422",
    QPalette.ColorRole.Text: "#e6ebe8",
    QPalette.ColorRole.PlaceholderText: "#8c9892",
    QPalette.ColorRole.Button: "#3a423e",
    QPalette.ColorRole.ButtonText: "#e6ebe8",
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.ToolTipBase: "#3a423e",
    QPalette.ColorRole.ToolTipText: "#e6ebe8",
    QPalette.ColorRole.Highlight: "#2f8f5f",
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.Accent: "#6fcf97",
    QPalette.ColorRole.Link: "#6fcf97",
}
_DISABLED_ROLES = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


class ThemeKeeper(QObject):
    """Dresses the application and tells when its colours have changed."""

    changed = Signal()

    def __init__(self, app: QApplication, chosen: Theme) -> None:
        super().__init__(app)
        self._app = app
        self._chosen = chosen
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow_desktop)
        self._apply()

    @property
    def chosen(self) -> Theme:
        return self._chosen

    @property
    def dark(self) -> bool:
        if self._chosen is Theme.AUTO:
            return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._chosen is Theme.DARK

    def colour(self, tone: Tone) -> QColor:
        return QColor((_DARK if self.dark else _LIGHT)[tone])

    def palette(self) -> QPalette:
        return palette(self.dark)

    def choose(self, theme: Theme) -> None:
        self._chosen = theme
        self._apply()

    @Slot()
    def _follow_desktop(self) -> None:
        if self._chosen is Theme.AUTO:
            self._apply()

    def _apply(self) -> None:
        self._app.setPalette(palette(self.dark))
        self.changed.emit()


def palette(dark: bool) -> QPalette:
    """The whole palette, for desktops that have no opinion of their own."""
    made = QPalette(QColor("#3a423e") if dark else QColor("#f3f5f4"))
    for role, colour in (_DARK_ROLES if dark else _LIGHT_ROLES).items():
        made.setColor(role, QColor(colour))
    for role in _DISABLED_ROLES:
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor("#6c7771" if dark else "#9aa39e"))
    return made
