"""One setting in a form: its name, its editor, what it does, the way back to its default, and what is wrong with it."""

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from backend.options import Option
from gui import icons
from gui.settings.editors import editor_for
from gui.settings.runtime_editor import RuntimeEditor
from gui.settings.spelling import CONTEXT, spelled, title
from gui.theme import ThemeKeeper, Tone

NAME_WIDTH = 27
"""Of the column of names, in average characters."""
EDITOR_WIDTH = 26
WIDE_EDITOR_WIDTH = 66
"""Of one that holds a path and what was found there."""


class Field(QWidget):
    """A name in bold differs from its default; one with a dot was edited and is not stored yet."""

    edited = Signal()

    def __init__(self, option: Option, theme: ThemeKeeper, mixed: bool = False) -> None:
        """Args: mixed: several files are edited that differ here."""
        super().__init__()
        self.key = option.key
        self._theme = theme
        self._option = option
        self._default = spelled(option.default)
        self._stored = spelled(option.value)
        self._mixed = mixed
        self._touched = False
        self._name = QLabel()
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._about = QLabel(option.description)
        self._wrong = QLabel()
        self.reset = QToolButton()
        self.editor = editor_for(option)
        self.editor.put(self._stored)
        self._trust()
        self.editor.edited.connect(self._follow)
        self._arrange()
        self._mark()
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def title(self) -> str:
        return QCoreApplication.translate(CONTEXT, title(self.key))

    @property
    def is_edited(self) -> bool:
        return self.editor.text() != self._stored or (self._mixed and self._touched)

    @property
    def may_be_saved(self) -> bool:
        """False for a Python that nobody has looked at."""
        return not isinstance(self.editor, RuntimeEditor) or self.editor.is_checked

    @property
    def wrong(self) -> str:
        """Why the host did not take it; empty where it did."""
        return self._wrong.text()

    def has(self, words: list[str]) -> bool:
        """Whether name and description have all these words, which are in small letters."""
        own = f"{self.title} {self.key} {self._option.description}".casefold()
        return all(word in own for word in words)

    def store(self, value: object) -> None:
        """What the host has now; an edit that is not stored yet stays."""
        edited, self._stored = self.is_edited, spelled(value)
        self._trust()
        if not edited:
            self.editor.put(self._stored)
        self._mark()

    def _trust(self) -> None:
        """What the host has was checked when it was stored."""
        if isinstance(self.editor, RuntimeEditor):
            self.editor.trust(self._stored)

    def settle(self) -> None:
        """The host has taken what is shown."""
        self._stored = self.editor.text()
        self._mixed = False
        self.complain("")
        self._mark()

    def complain(self, words: str) -> None:
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))

    def lock(self) -> None:
        """Show only."""
        self.editor.lock()
        self.reset.hide()

    @Slot()
    def _follow(self) -> None:
        self._touched = True
        self.complain("")
        self._mark()
        self.edited.emit()

    @Slot()
    def _go_back(self) -> None:
        self.editor.put(self._default)

    @Slot()
    def _dress(self) -> None:
        self.reset.setIcon(icons.tinted("reset", self._theme.palette()))
        colours = self._wrong.palette()
        colours.setColor(QPalette.ColorRole.WindowText, self._theme.colour(Tone.BAD))
        self._wrong.setPalette(colours)

    def _mark(self) -> None:
        differs = self.editor.text() != self._default
        self._name.setText(f"{self.title} •" if self.is_edited else self.title)
        font = self._name.font()
        font.setBold(differs)
        self._name.setFont(font)
        self.reset.setEnabled(differs)
        state = [self._option.description]
        if differs:
            state.append(self.tr("The default is {value}.").format(value=self._default or self.tr("empty")))
        if self.is_edited:
            state.append(self.tr("Edited, not saved."))
        self.editor.widget.setAccessibleDescription(" ".join(state))

    def _arrange(self) -> None:
        default = self._default or self.tr("empty")
        self.editor.widget.setAccessibleName(self.title)
        self.editor.widget.setToolTip(self.key)
        self._name.setToolTip(self.key)
        self._name.setBuddy(self.editor.widget)
        self.reset.setAutoRaise(True)
        self.reset.setToolTip(self.tr("Back to the default, {value}").format(value=default))
        self.reset.setAccessibleName(self.tr("{name}: back to the default").format(name=self.title))
        self.reset.clicked.connect(self._go_back)
        if self._mixed:
            self._about.setText(f"{self._about.text()} {self.tr('The files differ here; an edit is for all of them.')}")
        for words in (self._about, self._wrong):
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setWordWrap(True)
        self._about.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._wrong.hide()
        character = self.fontMetrics().averageCharWidth()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(3)
        self._name.setFixedWidth(NAME_WIDTH * character)
        self._name.setWordWrap(True)
        grid.setColumnStretch(3, 1)
        is_wide = isinstance(self.editor, RuntimeEditor)
        self.editor.widget.setFixedWidth((WIDE_EDITOR_WIDTH if is_wide else EDITOR_WIDTH) * character)
        grid.addWidget(self._name, 0, 0, Qt.AlignmentFlag.AlignTop if is_wide else Qt.AlignmentFlag(0))
        grid.addWidget(self.editor.widget, 0, 1)
        grid.addWidget(self.reset, 0, 2, Qt.AlignmentFlag.AlignTop if is_wide else Qt.AlignmentFlag(0))
        grid.addWidget(self._about, 1, 1, 1, 3)
        grid.addWidget(self._wrong, 2, 1, 1, 3)
