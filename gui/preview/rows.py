"""The first rows as the model sees them: learned tokens on a tinted ground and underlined, special tokens quiet."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QTextEdit

from backend.datasets.visible import parts
from backend.domain.preview import FirstRow, Span
from gui import format as text
from gui.theme import ThemeKeeper, Tone

LINE_END = "↵\n"
_TINT = 46
"""Of 255: how much of the colour the ground of learned text has."""
_INDENT = 12


class RowsView(QTextEdit):
    """Can be selected and copied, not changed."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self._rows: tuple[FirstRow, ...] = ()
        self.setReadOnly(True)
        self.setAcceptDrops(False)  # a file let go here is for the queue
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self.setAccessibleName(self.tr("First rows as the model sees them"))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(12)
        theme.changed.connect(self._rewrite)

    def show_rows(self, rows: tuple[FirstRow, ...]) -> None:
        if rows != self._rows:
            self._rows = rows
            self._rewrite()

    @Slot()
    def _rewrite(self) -> None:
        place = self.verticalScrollBar().value()
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for number, row in enumerate(self._rows):
            self._write_head(cursor, row, first=number == 0)
            for part, sequence in enumerate(row.sequences, start=1):
                if len(row.sequences) > 1:
                    words = self.tr("sequence {number} of {all}").format(
                        number=part, all=len(row.sequences) + row.more_sequences
                    )
                    self._write_line(cursor, words)
                self._write_sequence(cursor, sequence)
            if row.more_sequences:
                words = text.count(row.more_sequences, self.tr("more sequence"), self.tr("more sequences"))
                self._write_line(cursor, self.tr("… and {words}").format(words=words))
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(place)

    def _write_head(self, cursor: QTextCursor, row: FirstRow, first: bool) -> None:
        block = QTextBlockFormat()
        block.setTopMargin(0 if first else 18)
        block.setBottomMargin(4)
        style = self._style(Tone.QUIET)
        style.setFontWeight(QFont.Weight.Bold)
        words = self.tr("Line {line} · {tokens} · {learned} learned").format(
            line=text.whole(row.line),
            tokens=text.count(row.tokens, self.tr("token"), self.tr("tokens")),
            learned=text.whole(row.supervised),
        )
        if row.cut:
            words += self.tr(" · cut to the longest length")
        if first:
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)
        cursor.insertText(words, style)

    def _write_line(self, cursor: QTextCursor, words: str) -> None:
        cursor.insertBlock(_indented())
        cursor.insertText(words, self._style(Tone.QUIET))

    def _write_sequence(self, cursor: QTextCursor, sequence: Sequence[Span]) -> None:
        cursor.insertBlock(_indented())
        for span in sequence:
            if span.left_out:
                count = text.count(span.tokens, self.tr("token"), self.tr("tokens"))
                words = self.tr(" … {count} not shown … ").format(count=count)
                cursor.insertText(words, self._style(Tone.CAUTION))
                continue
            style, mark = self._style_of(span), self._mark_of(span)
            for piece, hidden in parts(span.text):
                if hidden:
                    cursor.insertText(piece, mark)
                    continue
                for number, line in enumerate(piece.split("\n")):
                    if number:
                        cursor.insertText(LINE_END, mark)
                    cursor.insertText(line, style)
        if not cursor.block().text():
            cursor.deletePreviousChar()  # the last line end needs no line of its own

    def _style_of(self, span: Span) -> QTextCharFormat:
        style = QTextCharFormat()
        if span.special:
            style = self._style(Tone.QUIET)
            style.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        return self._learned(style) if span.learned else style

    def _mark_of(self, span: Span) -> QTextCharFormat:
        """For line ends and for signs that cannot be seen."""
        style = self._style(Tone.QUIET)
        return self._learned(style) if span.learned else style

    def _learned(self, style: QTextCharFormat) -> QTextCharFormat:
        colour = self._theme.colour(Tone.GOOD)
        style.setBackground(tint(colour))
        style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        style.setUnderlineColor(colour)
        return style

    def _style(self, tone: Tone) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setForeground(self._theme.colour(tone))
        return style


def tint(colour: QColor) -> QColor:
    """The ground of learned text."""
    paler = QColor(colour)
    paler.setAlpha(_TINT)
    return paler


def _indented() -> QTextBlockFormat:
    block = QTextBlockFormat()
    block.setLeftMargin(_INDENT)
    block.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # the order of the tokens, whatever script they are in
    return block
