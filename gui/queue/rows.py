"""How rows of the queue are drawn: with room to breathe, levels as quiet headings, failures in their colour."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from backend.domain.job import Job, JobState
from gui.queue.model import GROUP_ROLE, JOB_ROLE, PROGRESS_ROLE
from gui.theme import ThemeKeeper, Tone

_AIR = 11
"""Pixels that a row is higher than its text."""
_MARGIN = 8
_BAR = 3
_TONES = {
    JobState.RUNNING: Tone.GOOD,
    JobState.PAUSED: Tone.CAUTION,
    JobState.INTERRUPTED: Tone.CAUTION,
    JobState.FAILED: Tone.BAD,
}


class RowDelegate(QStyledItemDelegate):
    """For every column of the queue."""

    def __init__(self, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), option.fontMetrics.height() + _AIR)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if index.data(GROUP_ROLE) is not None:
            option.font.setBold(True)
            self._colour(option, Tone.QUIET)

    def _colour(self, option: QStyleOptionViewItem, tone: Tone) -> None:
        option.palette.setColor(QPalette.ColorRole.Text, self._theme.colour(tone))


class StateDelegate(RowDelegate):
    """Colours the word for the state."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        job = index.data(JOB_ROLE)
        if isinstance(job, Job) and (tone := _TONES.get(job.state)) is not None:
            self._colour(option, tone)


class ProgressDelegate(RowDelegate):
    """A slim bar below the percentage; nothing but the text where nothing is known."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        share = index.data(PROGRESS_ROLE)
        if not isinstance(share, float):
            return
        box = QRectF(option.rect)
        track = QRectF(box.left() + _MARGIN, box.bottom() - _BAR - 1, box.width() - 2 * _MARGIN, _BAR)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(Tone.EDGE))
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
        track.setWidth(track.width() * min(1.0, max(0.0, share)))
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Accent
        painter.setBrush(option.palette.color(role))
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
