"""What the colours mean: the bar of the heat map with its numbers, and the curves by name with their values."""

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from backend.domain.snapshot import Summary
from gui import format as text
from gui.evolution import columns, words
from gui.evolution.choice import Measure
from gui.evolution.colours import VIRIDIS, missing
from gui.evolution.curves import LINES
from gui.theme import ThemeKeeper, Tone
from gui.translating import QT_TRANSLATE_NOOP

_BAR = 84
_LEAST_BAR = 24
_GAP = 6
_CURVES = (
    QT_TRANSLATE_NOOP("evolution", "loss"),
    QT_TRANSLATE_NOOP("evolution", "held out"),
    QT_TRANSLATE_NOOP("evolution", "right"),
    QT_TRANSLATE_NOOP("evolution", "similarity"),
)
_LOSSES = 2
_DASHES = "\N{NON-BREAKING HYPHEN}&nbsp;\N{NON-BREAKING HYPHEN}"


class ColourBar(QWidget):
    """From the lowest colour to the highest, then the grey of what was not taken, then the marks of rows."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self._ends = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colours of the heat map"))
        self._strip = QImage(np.ascontiguousarray(VIRIDIS).tobytes(), len(VIRIDIS), 1, QImage.Format.Format_RGBA8888)
        self._strip = self._strip.copy()

    @property
    def ends(self) -> tuple[str, str]:
        return self._ends

    def show_span(self, measure: Measure, low: float, high: float) -> None:
        shown = (columns.share(low), columns.share(high))
        self._ends = shown if measure is Measure.SIMILARITY else (f"{low:.2f}", f"{high:.2f}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_BAR, self.fontMetrics().height() + 4)

    def strip_width(self) -> int:
        """Where there is little room the strip gives way, so that the marks of rows are named whole."""
        side = self.fontMetrics().ascent()
        written = [
            *self._ends,
            self.tr("not taken"),
            *(word for sign, _, name in self._signs() for word in (sign, name)),
        ]
        others = sum(self.fontMetrics().horizontalAdvance(word) + _GAP for word in written)
        gaps = _GAP * (2 + len(self._signs()))  # around strip and square, and before each sign
        return max(_LEAST_BAR, min(_BAR, self.width() - others - side - gaps))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side, wide = self.fontMetrics().ascent(), self.strip_width()
        x = self._write(painter, 0, self._ends[0])
        painter.drawImage(QRect(x, (self.height() - side) // 2, wide, side), self._strip)
        x = self._write(painter, x + wide + _GAP, self._ends[1]) + _GAP
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*missing(self._theme.dark)))
        painter.drawRect(QRect(x, (self.height() - side) // 2, side, side))
        x = self._write(painter, x + side + _GAP, self.tr("not taken")) + _GAP
        for sign, tone, name in self._signs():
            x = self._write(painter, x, sign, tone)
            x = self._write(painter, x, name) + _GAP

    def _signs(self) -> tuple[tuple[str, Tone, str], ...]:
        return (
            ("\N{BLACK CIRCLE}", Tone.HELD_OUT, self.tr("held out")),
            ("\N{BLACK DIAMOND}", Tone.RIGHT, self.tr("pinned")),
        )

    def _write(self, painter: QPainter, x: int, words: str, tone: Tone = Tone.QUIET) -> int:
        """Returns where the next thing begins."""
        painter.setPen(self._theme.colour(tone))
        wide = self.fontMetrics().horizontalAdvance(words)
        painter.drawText(QRect(x, 0, wide + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, words)
        return x + wide + _GAP


class CurveLegend(QLabel):
    """Each curve by its colour, with the value at the snapshot that is looked at."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_at(self, step: int, summary: Summary) -> None:
        parts = []
        for number, (name, (tone, style, figure)) in enumerate(zip(_CURVES, LINES, strict=True)):
            value = figure(summary)
            shown = text.loss(value) if number < _LOSSES else columns.share(value)
            line = "\N{EM DASH}" if style is Qt.PenStyle.SolidLine else _DASHES
            parts.append(
                f'<span style="color:{self._theme.colour(tone).name()}"><b>{line}</b></span>&nbsp;'
                f"{words.tr(name).replace(' ', '&nbsp;')}&nbsp;{shown.replace(' ', '&nbsp;')}"
            )
        head = words.tr(QT_TRANSLATE_NOOP("evolution", "Step {step}:")).format(step=f"{step:,}")
        self.setText("&emsp; ".join((head.replace(" ", "&nbsp;"), *parts)))
