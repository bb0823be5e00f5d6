"""The preview of one file: figures, first rows, refused lines; filled while the file is still being read."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from backend.datasets.label import label
from backend.datasets.visible import visible
from backend.domain.job import Job
from backend.domain.preview import Preview
from backend.protocol.preview import Looked, NotReadable, Reading
from gui import format as text
from gui.picture import Picture
from gui.preview.figures import Figures, faults, shapes
from gui.preview.histogram import LengthHistogram
from gui.preview.legend import Legend
from gui.preview.refused import RefusedTable
from gui.preview.rows import RowsView
from gui.theme import ThemeKeeper, Tone

_SIZE = QSize(940, 720)
_PROMILLE = 1000


class PreviewDialog(QDialog):
    """Shows what it is told; closing it says that nobody looks any more."""

    stop_wanted = Signal()
    add_wanted = Signal(object)
    """tuple[Path, ...]: queue the file."""

    def __init__(self, subject: Path | Job, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("preview")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme = theme
        self._subject = subject
        self._name = label(subject.name)
        self.seen: Preview | None = None
        """What is shown now."""
        self.figures = Figures()
        self.histogram = LengthHistogram(theme)
        self.rows = RowsView(theme)
        self.refused = RefusedTable()
        self.tabs = QTabWidget()
        self.add = QPushButton(self.tr("Add to queue"))
        self.stop = QPushButton(self.tr("Stop reading"))
        self.progress = QProgressBar()
        self._heading = QLabel(self._name)
        self._about = QLabel()
        self._note = QLabel()
        self._sign = Picture("info", 28)
        self._message = QLabel()
        self._hint = QLabel()
        self._kinds = QLabel()
        self._no_rows = QLabel()
        self._rows_stack = QStackedWidget()
        self._stack = QStackedWidget()
        self._arrange()
        self._say(self.tr("Reading {name} …").format(name=self._name), "", "preview", Tone.QUIET)

    @property
    def words(self) -> str:
        """What is said in place of figures, or beside them."""
        if self._stack.currentIndex() == 0:
            return f"{self._message.text()} {self._hint.text()}".strip()
        return self._note.text()

    @Slot(object)
    def show_reading(self, reading: Reading) -> None:
        self.progress.setRange(0, _PROMILLE)
        self.progress.setValue(round(_PROMILLE * reading.done / max(1, reading.total)))

    @Slot(object)
    def show_looked(self, looked: Looked) -> None:
        self._show(looked.preview)
        if looked.last:
            self._end()

    @Slot(object)
    def show_failure(self, failure: NotReadable) -> None:
        self._say(visible(failure.message), visible(failure.hint), "error", Tone.BAD)
        self._end()
        self.add.setEnabled(False)

    def _show(self, seen: Preview) -> None:
        self.seen = seen
        self._stack.setCurrentIndex(1)
        self.figures.show_preview(seen)
        self.rows.show_rows(seen.first)
        self._rows_stack.setCurrentIndex(1 if seen.first else 0)
        self.refused.lines.take(seen.bad)
        self.tabs.setTabText(1, self.tr("Refused lines ({count})").format(count=text.whole(seen.refused)))
        self._kinds.setText(_kinds(seen, self))
        self._note.setText("\n".join(_notes(seen, self)))
        self._note.setVisible(bool(self._note.text()))
        self.histogram.setVisible(seen.tokens is not None)
        about = [text.size(seen.bytes), shapes(seen)]
        if seen.tokens is not None:
            self.histogram.show_figures(seen.tokens)
            about.append(self.tr("model {name}").format(name=visible(seen.tokens.base)))
        self._about.setText("   ·   ".join(part for part in about if part))
        self.add.setEnabled(bool(seen.rows))
        if seen.complete and not seen.first:
            self._no_rows.setText(
                self.tr("No row of this file can be trained.")
                if not seen.rows
                else self.tr("The rows are shown here as soon as a model is chosen.")
            )
            self.tabs.setCurrentIndex(1 if seen.bad else 0)

    def _end(self) -> None:
        self.progress.hide()
        self.stop.hide()

    def _say(self, message: str, hint: str, sign: str, tone: Tone) -> None:
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._sign.show_icon(sign, self._theme.colour(tone))
        self._stack.setCurrentIndex(0)

    @Slot()
    def _stop(self) -> None:
        self.stop_wanted.emit()
        self._end()
        if self.seen is None:
            self._say(self.tr("Stopped."), "", "info", Tone.QUIET)
            return
        stopped = self.tr("Stopped: the figures are of the part that was read.")
        self._note.setText("\n".join(filter(None, (stopped, self._note.text()))))
        self._note.show()

    @Slot()
    def _add(self) -> None:
        if isinstance(self._subject, Path):
            self.add_wanted.emit((self._subject,))
            self.accept()

    def _arrange(self) -> None:
        of_job = self.tr(" (job {number})").format(number=self._subject.id) if isinstance(self._subject, Job) else ""
        self.setWindowTitle(self.tr("Preview of {name}").format(name=self._name) + of_job)
        self.resize(_SIZE.boundedTo(self.screen().availableSize()))
        font = self._heading.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        self._heading.setFont(font)
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._heading.setToolTip(str(self._subject) if isinstance(self._subject, Path) else "")
        for quiet in (self._about, self._note):
            quiet.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            quiet.setTextFormat(Qt.TextFormat.PlainText)
            quiet.setWordWrap(True)
        self._note.setForegroundRole(QPalette.ColorRole.WindowText)
        self._stack.addWidget(self._waiting())
        self._stack.addWidget(self._content())
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addWidget(self._stack, 1)
        column.addLayout(self._buttons())

    def _waiting(self) -> QWidget:
        page = QWidget()
        page.setBackgroundRole(QPalette.ColorRole.Base)
        page.setAutoFillBackground(True)
        for words in (self._message, self._hint):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            words.setWordWrap(True)
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        column = QVBoxLayout(page)
        column.setContentsMargins(40, 24, 40, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._sign, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._message)
        column.addWidget(self._hint)
        column.addStretch(3)
        return page

    def _content(self) -> QWidget:
        page = QWidget()
        self._no_rows.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._no_rows.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._no_rows.setBackgroundRole(QPalette.ColorRole.Base)
        self._no_rows.setAutoFillBackground(True)
        self._rows_stack.addWidget(self._no_rows)
        self._rows_stack.addWidget(self._rows_page())
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._rows_stack, self.tr("First rows"))
        self.tabs.addTab(self._refused_page(), self.tr("Refused lines"))
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._about)
        column.addWidget(self.figures)
        column.addWidget(self.histogram)
        column.addWidget(self._note)
        column.addWidget(self.tabs, 1)
        return page

    def _rows_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(Legend(self._theme))
        column.addWidget(self.rows, 1)
        return page

    def _refused_page(self) -> QWidget:
        page = QWidget()
        self._kinds.setTextFormat(Qt.TextFormat.PlainText)
        self._kinds.setWordWrap(True)
        self._kinds.setIndent(12)
        self._kinds.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._kinds)
        column.addWidget(self.refused, 1)
        return page

    def _buttons(self) -> QHBoxLayout:
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedSize(200, 8)
        self.progress.setAccessibleName(self.tr("How far the file is read"))
        self.stop.setAutoDefault(False)
        self.stop.clicked.connect(self._stop)
        self.add.setEnabled(False)
        self.add.clicked.connect(self._add)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())  # the style's own is black in the dark
        if isinstance(self._subject, Path):
            box.addButton(self.add, QDialogButtonBox.ButtonRole.ActionRole)
        box.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.progress)
        row.addWidget(self.stop)
        row.addStretch()
        row.addWidget(box)
        return row


def _kinds(seen: Preview, dialog: PreviewDialog) -> str:
    """The refused lines by kind, and whether all of them are listed."""
    if not seen.refused:
        return dialog.tr("Every line is a row that can be trained.")
    kinds = faults(seen).replace("\n", "   ·   ")
    if seen.refused == len(seen.bad):
        return kinds
    return dialog.tr("{kinds}   ·   the first {count} are listed").format(kinds=kinds, count=text.whole(len(seen.bad)))


def _notes(seen: Preview, dialog: PreviewDialog) -> list[str]:
    """What has to be said beside the figures."""
    notes = [visible(seen.note)] if seen.note else []
    if seen.tokens is not None:
        notes += seen.tokens.warnings
        if seen.tokens.cut:
            rows = text.count(seen.tokens.cut, dialog.tr("row is"), dialog.tr("rows are"))
            limit = text.whole(seen.tokens.limit)
            notes.append(dialog.tr("{rows} cut to {limit} tokens.").format(rows=rows, limit=limit))
    return notes
