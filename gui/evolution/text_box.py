"""A text of an example, to read, select and copy; never interpreted, whatever it holds."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from backend.evolution.difference import Part
from gui.evolution.marking import format_of
from gui.evolution.spelling import readable
from gui.theme import ThemeKeeper, Tone


class TextBox(QPlainTextEdit):
    """Shows a text, a difference, or words in place of a text."""

    def __init__(self, name: str, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self._whole = ""
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setTabChangesFocus(True)

    def show_text(self, text: str) -> None:
        self._whole = text
        self._write([(readable(text), QTextCharFormat())])

    def show_parts(self, parts: Iterable[Part], whole: str) -> None:
        """Args: whole: the text without what is missing in it, to be copied."""
        self._whole = whole
        self._write((readable(part.text), format_of(part.change, self._theme)) for part in parts)

    def say(self, words: str) -> None:
        """Words of ours in place of a text."""
        self._whole = ""
        quiet = QTextCharFormat()
        quiet.setForeground(self._theme.colour(Tone.QUIET))
        quiet.setFontItalic(True)
        self._write([(words, quiet)])

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """One line at least."""
        return QSize(120, self.fontMetrics().lineSpacing() + 14)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.addSeparator()
        menu.addAction(self.tr("Copy the whole text"), self.copy_whole).setEnabled(bool(self._whole))
        menu.exec(event.globalPos())
        menu.deleteLater()

    @Slot()
    def copy_whole(self) -> None:
        """As the model said it, without marks and with nothing spelled out."""
        QGuiApplication.clipboard().setText(self._whole)

    def _write(self, pieces: Iterable[tuple[str, QTextCharFormat]]) -> None:
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for words, how in pieces:
            cursor.insertText(words, how)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)
