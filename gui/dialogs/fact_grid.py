"""Titles and words beside them, as identity cards show them: words as they are, wrapped, to be selected and copied."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

_GAP = 14


class FactGrid(QWidget):
    """Rows are kept and written anew. A grid, for a form gives wrapped words too much room."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._shown: tuple[tuple[str, str], ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(_GAP)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    @property
    def rows(self) -> dict[str, str]:
        """What stands there."""
        return dict(self._shown)

    def show_rows(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Those without words are left out."""
        self._shown = tuple((title, words) for title, words in pairs if words)
        for place, (title, words) in enumerate(self._shown):
            if place == len(self._rows):
                self._add()
            self._rows[place][0].setText(title)
            self._rows[place][1].setText(words)
            self._rows[place][1].setAccessibleName(title)
        for place, row in enumerate(self._rows):
            for label in row:
                label.setVisible(place < len(self._shown))

    def _add(self) -> None:
        title, words = QLabel(), plain("")
        title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        title.setTextFormat(Qt.TextFormat.PlainText)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(title, len(self._rows), 0, top)
        self._grid.addWidget(words, len(self._rows), 1, top)
        self._rows.append((title, words))


def plain(words: str) -> QLabel:
    """Words that are never interpreted, wrapped, to be selected and copied."""
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
