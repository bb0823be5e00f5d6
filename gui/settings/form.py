"""A form over any number of settings, in sections, with a search."""

from collections.abc import Collection, Iterable

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from backend.options import Option
from gui.settings.field import Field
from gui.theme import ThemeKeeper


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Settings under one heading; `note` says when a change takes effect."""

    title: str
    note: str
    options: tuple[Option, ...]


class SettingsForm(QWidget):
    """Knows what was edited; it stores nothing."""

    edited = Signal()

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self.fields: dict[str, Field] = {}
        self._groups: list[_Group] = []
        self.wanted = QLineEdit()
        self.wanted.setPlaceholderText(self.tr("Search the settings…"))
        self.wanted.setAccessibleName(self.tr("Search the settings"))
        self.wanted.setClearButtonEnabled(True)
        self.wanted.setAcceptDrops(False)
        self.wanted.textChanged.connect(self._search)
        self._nothing = QLabel(self.tr("No setting has these words."))
        self._nothing.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._nothing.hide()
        page = QWidget()
        page.setBackgroundRole(QPalette.ColorRole.Window)  # editors show no edge on their own colour
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(14, 12, 14, 12)
        self._column.setSpacing(18)
        self._column.addWidget(self._nothing)
        self._column.addStretch()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.wanted)
        layout.addWidget(self._area, 1)

    @property
    def changes(self) -> dict[str, str]:
        """The text of each setting that was edited, by its key."""
        return {key: field.editor.text() for key, field in self.fields.items() if field.is_edited}

    @property
    def may_be_saved(self) -> bool:
        return all(field.may_be_saved for field in self.fields.values())

    def fill(self, sections: Iterable[Section], mixed: Collection[str] = ()) -> None:
        """Make the fields, or tell those that there are what is stored now.

        Args:
            sections: what is shown.
            mixed: keys at which several files differ.
        """
        for section in sections:
            if section.options and section.options[0].key in self.fields:
                for option in section.options:
                    self.fields[option.key].store(option.value)
            else:
                self._add(section, mixed)

    def lock(self) -> None:
        """Show only."""
        for field in self.fields.values():
            field.lock()

    def reveal(self, key: str) -> None:
        """Scroll to a field and put the cursor there."""
        field = self.fields[key]
        field.setVisible(True)
        field.editor.widget.setFocus()
        self._area.ensureWidgetVisible(field)

    def _add(self, section: Section, mixed: Collection[str]) -> None:
        group = _Group(section, self._theme, mixed)
        for field in group.fields:
            self.fields[field.key] = field
            field.edited.connect(self.edited)
        self._groups.append(group)
        self._column.insertWidget(self._column.count() - 1, group)

    @Slot()
    def _search(self) -> None:
        words = self.wanted.text().casefold().split()
        found = [group.search(words) for group in self._groups]
        self._nothing.setVisible(not any(found))


class _Group(QWidget):
    """A section with its fields."""

    def __init__(self, section: Section, theme: ThemeKeeper, mixed: Collection[str]) -> None:
        super().__init__()
        self.fields = [Field(option, theme, option.key in mixed) for option in section.options]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        if section.title:
            column.addLayout(self._head(section))
        for field in self.fields:
            column.addWidget(field)

    def search(self, words: list[str]) -> bool:
        """Show the fields that have these words; whether there are any."""
        found = False
        for field in self.fields:
            fits = field.has(words)
            field.setVisible(fits)
            found = found or fits
        self.setVisible(found)
        return found

    def _head(self, section: Section) -> QVBoxLayout:
        title = QLabel(section.title)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.15)
        font.setBold(True)
        title.setFont(font)
        note = QLabel(section.note)
        note.setWordWrap(True)
        note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(title)
        head.addWidget(note)
        return head
