"""The steps of an operation as a list: a tick before what is done, an arrow before what is under way."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from gui.picture import Picture
from gui.theme import ThemeKeeper, Tone

_SIDE = 16


class StepList(QWidget):
    """Rows are made anew only where the steps are others."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self._steps: tuple[str, ...] = ()
        self._done = 0
        self._now: int | None = None
        self._rows: list[tuple[Picture, QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)
        theme.changed.connect(self._dress)

    @property
    def steps(self) -> tuple[str, ...]:
        return self._steps

    @property
    def ticked(self) -> tuple[str, ...]:
        """Those that are done."""
        return self._steps[: self._done]

    def show_steps(self, steps: Sequence[str]) -> None:
        """None of them done yet."""
        if tuple(steps) != self._steps:
            self._steps = tuple(steps)
            self._make_rows()
        self.show_progress(0, None)

    def show_progress(self, done: int, now: int | None) -> None:
        """So many are done; `now` is the place of the one under way."""
        self._done, self._now = done, now
        self._dress()

    def _make_rows(self) -> None:
        for row in self._rows:
            for widget in row:
                self._grid.removeWidget(widget)
                widget.deleteLater()
        self._rows = []
        for place, words in enumerate(self._steps):
            sign, number, label = (
                Picture("done", _SIDE),
                QLabel(f"{place + 1}"),
                QLabel(f"{words[:1].upper()}{words[1:]}"),
            )
            number.setFixedWidth(_SIDE)
            number.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(sign, place, 0, top)
            self._grid.addWidget(number, place, 0, top)
            self._grid.addWidget(label, place, 1, top)
            self._rows.append((sign, number, label))
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    @Slot()
    def _dress(self) -> None:
        for place, (sign, number, label) in enumerate(self._rows):
            done, now = place < self._done, place == self._now
            sign.setVisible(done or now)
            number.setVisible(not (done or now))
            sign.show_icon("done" if done else "start", self._theme.colour(Tone.GOOD))
            quiet = number if done or now else label
            number.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            label.setForegroundRole(
                QPalette.ColorRole.PlaceholderText
                if quiet is label and self._now is not None
                else QPalette.ColorRole.WindowText
            )
            font = label.font()
            font.setBold(now)
            label.setFont(font)
            label.setAccessibleDescription(self.tr("done") if done else self.tr("under way") if now else "")
