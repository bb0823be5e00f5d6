"""The tray's icon: the application's mark with a badge that tells the state by colour and shape."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from backend.domain.status import HostState
from gui import icons

_SIZES = (16, 22, 24, 32, 44, 48, 64)
_BADGE_SHARE = 0.58
_RING_SHARE = 0.07
_GLYPH_SHARE = 0.78
_GLYPH = QColor("white")
_TRAINING = QColor("#1d9a55")
_WAITING = QColor("#c77700")
BADGES: dict[HostState, tuple[str, QColor]] = {
    HostState.TRAINING: ("start", _TRAINING),
    HostState.PAUSING: ("pause", _WAITING),
    HostState.PAUSED: ("pause", _WAITING),
    HostState.STOPPING: ("stop", _WAITING),
    HostState.SKIPPING: ("skip", _WAITING),
}
"""Glyph and colour; a state that rests has no badge. The colours stand on light and dark panels alike."""


def tray_icon(state: HostState) -> QIcon:
    """The mark, with the badge of `state` in its corner."""
    icon = QIcon()
    for side in _SIZES:
        icon.addPixmap(_drawn(state, side))
    return icon


def _drawn(state: HostState, side: int) -> QPixmap:
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    icons.paint(painter, "espalier", QRectF(0, 0, side, side), _GLYPH)
    if (badge := BADGES.get(state)) is not None:
        _draw_badge(painter, side, *badge)
    painter.end()
    return picture


def _draw_badge(painter: QPainter, side: int, glyph: str, colour: QColor) -> None:
    whole, ring = side * _BADGE_SHARE, max(1.0, side * _RING_SHARE)
    area = QRectF(side - whole, side - whole, whole, whole)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GLYPH)
    painter.drawEllipse(area)
    painter.setBrush(colour)
    painter.drawEllipse(area.adjusted(ring, ring, -ring, -ring))
    margin = whole * (1 - _GLYPH_SHARE) / 2
    icons.paint(painter, glyph, area.adjusted(margin, margin, -margin, -margin), _GLYPH)
