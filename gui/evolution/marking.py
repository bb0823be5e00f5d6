"""How a difference is written: struck or underlined on a tint, so that it is not told by colour alone."""

from PySide6.QtGui import QColor, QTextCharFormat

from backend.evolution.difference import Change
from gui.theme import ThemeKeeper, Tone

_LIGHT = {Change.MISSING: "#ffdfc4", Change.ADDED: "#cfe4ff"}
_DARK = {Change.MISSING: "#5c3a17", Change.ADDED: "#1d436e"}
"""Orange and blue, which every kind of colour blindness tells apart."""


def format_of(change: Change, theme: ThemeKeeper) -> QTextCharFormat:
    """Missing text is struck, additional text underlined, what was not compared is quiet."""
    made = QTextCharFormat()
    if change is Change.NOT_COMPARED:
        made.setForeground(theme.colour(Tone.QUIET))
    elif change is not Change.SAME:
        made.setBackground(QColor((_DARK if theme.dark else _LIGHT)[change]))
        made.setFontStrikeOut(change is Change.MISSING)
        made.setFontUnderline(change is Change.ADDED)
    return made
