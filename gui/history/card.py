"""The chosen entry of the time line: what is known of it, its tags, its folder, its verbs and its evolution."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from backend.domain.version import Version
from gui.consolidation.plan import tags_in
from gui.dialogs.fact_grid import FactGrid, plain
from gui.history import columns, facts
from gui.history.preview import EvolutionPreview
from gui.history.timeline import Entry
from gui.history.verbs import VersionVerbs


class EntryCard(QScrollArea):
    """Rows are made anew only when another entry is chosen, or this one has changed."""

    tags_wanted = Signal(str, object)
    """Id of the version and tuple[str, ...]."""

    def __init__(self, home: Path, verbs: VersionVerbs, preview: EvolutionPreview) -> None:
        super().__init__()
        self._home = home
        self._entry: Entry | None = None
        self._verbs, self._preview = verbs, preview
        self.headline, self.path = plain(""), plain("")
        self.tags = QLineEdit()
        self.keep_tags = QPushButton(self.tr("Save tags"))
        self.copy = QPushButton(self.tr("Copy path"))
        self._nothing = QLabel(self.tr("Choose an entry to see what it holds."))
        self._all = QWidget()
        self._facts = FactGrid()
        self._tags_row, self._path_row = QWidget(), QWidget()
        self._dress()
        self._arrange()
        self.tags.textChanged.connect(self._look_at_tags)
        self.tags.returnPressed.connect(self._keep_tags)
        self.keep_tags.clicked.connect(self._keep_tags)
        self.copy.clicked.connect(self._copy)
        self.show_entry(None)

    @property
    def rows(self) -> dict[str, str]:
        """Titles and words that stand there."""
        return self._facts.rows

    def show_entry(self, entry: Entry | None) -> None:
        if entry is not None and entry == self._entry:
            return
        former, self._entry = self._entry, entry
        self._nothing.setVisible(entry is None)
        self._all.setVisible(entry is not None)
        self._preview.show_entry(entry)
        if entry is None:
            return
        self.headline.setText(_capital(columns.what(entry)))
        self._facts.show_rows(facts.facts(entry))
        self._show_tags(former.version if former is not None else None, entry.version)
        self.path.setText(facts.path_of(entry))
        self._path_row.setVisible(bool(self.path.text()))
        self._verbs.setVisible(entry.version is not None)

    def _show_tags(self, former: Version | None, version: Version | None) -> None:
        """What is being typed is left alone where only something else about the version changed."""
        self._tags_row.setVisible(version is not None)
        same = former is not None and version is not None and former.id == version.id
        if version is not None and not (same and former is not None and former.tags == version.tags):
            self.tags.setText(", ".join(version.tags))
        self._look_at_tags()

    @Slot()
    def _look_at_tags(self) -> None:
        version = self._entry.version if self._entry is not None else None
        self.keep_tags.setEnabled(version is not None and tags_in(self.tags.text()) != version.tags)

    @Slot()
    def _keep_tags(self) -> None:
        if self.keep_tags.isEnabled() and self._entry is not None and self._entry.version is not None:
            self.tags_wanted.emit(self._entry.version.id, tags_in(self.tags.text()))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self._home / self.path.text()))

    def _dress(self) -> None:
        font = self.headline.font()
        font.setPointSizeF(font.pointSizeF() * 1.15)
        font.setBold(True)
        self.headline.setFont(font)
        self._nothing.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self.tags.setAccessibleName(self.tr("Tags"))
        self.tags.setPlaceholderText(self.tr("tags, with commas between them"))
        self.keep_tags.setAutoDefault(False)
        self.copy.setAutoDefault(False)
        self.copy.setToolTip(self.tr("Copy the whole path of the folder"))
        self.setAccessibleName(self.tr("Details of the chosen entry"))

    def _arrange(self) -> None:
        for row, parts in ((self._tags_row, (self.tags, self.keep_tags)), (self._path_row, (self.path, self.copy))):
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
            line.addWidget(parts[0], 1)
            line.addWidget(parts[1], 0, Qt.AlignmentFlag.AlignTop)
        inner = QVBoxLayout(self._all)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(10)
        for widget in (self.headline, self._verbs, self._tags_row):
            inner.addWidget(widget)
        inner.addWidget(self._facts)
        inner.addWidget(self._path_row)
        inner.addWidget(self._preview)
        inner.addStretch()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 4, 12, 8)
        column.addWidget(self._nothing, 1)
        column.addWidget(self._all, 1)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


def _capital(words: str) -> str:
    return words if words[1:2].isdigit() else words[:1].upper() + words[1:]
