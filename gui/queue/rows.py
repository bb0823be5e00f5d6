"""How rows of the queue are drawn: with room to breathe, levels as quiet headings, failures in their colour."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from backend.domain.job import Job, JobState
from gui.queue.model import COLLAPSED_ROLE, GROUP_ROLE, JOB_ROLE, PROGRESS_ROLE
from gui.theme import ThemeKeeper, Tone

AIR = 11
"""Pixels that a row is higher than its text."""
_MARGIN = 8
_INDENT = 18
"""Pixels by which a file stands to the right of the heading of its level; the mark of the heading lies in there."""
_MARK = 4
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

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # rows are selected as a whole; no cell has a frame
        if index.data(GROUP_ROLE) is not None:
            option.font.setBold(True)
            option.backgroundBrush = option.palette.brush(QPalette.ColorRole.AlternateBase)
            self._colour(option, Tone.QUIET)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if index.column() == 0:
            self._paint_ground(painter, option, index)
            option.rect.setLeft(option.rect.left() + _INDENT)
        super().paint(painter, option, index)

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """What the text, which is moved to the right, leaves bare; a heading has its mark there."""
        bare = option.rect.adjusted(0, 0, _INDENT - option.rect.width(), 0)
        if index.data(GROUP_ROLE) is not None:
            painter.fillRect(bare, option.palette.brush(QPalette.ColorRole.AlternateBase))
            self._paint_mark(painter, QRectF(bare).center(), folded=bool(index.data(COLLAPSED_ROLE)))
        elif option.state & QStyle.StateFlag.State_Selected:
            active = bool(option.state & QStyle.StateFlag.State_Active)
            group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
            painter.fillRect(bare, option.palette.brush(group, QPalette.ColorRole.Highlight))

    def _paint_mark(self, painter: QPainter, middle: QPointF, folded: bool) -> None:
        x, y, side = middle.x() + 1, middle.y(), _MARK
        down = [QPointF(x - side, y - side / 2), QPointF(x + side, y - side / 2), QPointF(x, y + side / 2)]
        aside = [QPointF(x - side / 2, y - side), QPointF(x - side / 2, y + side), QPointF(x + side / 2, y)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(Tone.QUIET))
        painter.drawPolygon(QPolygonF(aside if folded else down))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

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
