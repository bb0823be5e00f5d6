"""The bottom line: state, file or operation under way, step, time left, speed, memory, free disk."""

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from backend.clock import seconds_until
from backend.domain.status import HostState, Status
from gui import format as text
from gui.facts import Facts
from gui.operations import words as operations
from gui.operations.strip import show_share
from gui.theme import ThemeKeeper, Tone

_TONES = {
    HostState.TRAINING: Tone.GOOD,
    HostState.PAUSED: Tone.CAUTION,
    HostState.PAUSING: Tone.CAUTION,
    HostState.STOPPING: Tone.CAUTION,
    HostState.SKIPPING: Tone.CAUTION,
}
_COUNT_MS = 1000


class StatusLine(QWidget):
    """Shows facts only; a part that is unknown takes no room."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self._facts = Facts()
        self._dot = _Dot()
        self.state = QLabel()
        self.file = ElidedLabel()
        self._progress = QProgressBar()
        self._progress.setFixedSize(130, 8)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Progress of the file"))
        self.step, self.left, self.speed, self.memory, self.disk = (QLabel() for _ in range(5))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 12, 6)
        row.setSpacing(14)
        row.addWidget(self._dot)
        row.addWidget(self.state)
        row.addWidget(self.file, 1)
        for widget in (self._progress, self.step, self.left, self.speed, self.memory, self.disk):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        font = self.state.font()
        font.setBold(True)
        self.state.setFont(font)
        theme.changed.connect(self._dress)
        self._countdown = QTimer(self)
        self._countdown.setInterval(_COUNT_MS)
        self._countdown.timeout.connect(self._say_what)
        self.show_facts(self._facts)

    def show_facts(self, facts: Facts) -> None:
        self._facts = facts
        status = facts.status
        self.state.setText(self._state_words())
        self._say_what()
        if (status.release_at is not None) != self._countdown.isActive():
            self._countdown.start() if status.release_at is not None else self._countdown.stop()
        known = bool(status.total_steps) and status.step is not None
        self._progress.setVisible(known or facts.operation is not None)
        if facts.operation is not None:
            show_share(self._progress, facts.operation)
        else:
            self._progress.setRange(0, status.total_steps or 1)
            self._progress.setValue(status.step or 0)
        _put(self.step, self.tr("step {steps}").format(steps=text.step(status.step, status.total_steps)), known)
        left = self.tr("{time} left").format(time=text.duration(status.eta_seconds))
        _put(self.left, left, status.eta_seconds is not None)
        moving = status.tokens_per_second is not None and status.state is HostState.TRAINING
        _put(self.speed, text.speed(status.tokens_per_second), moving)
        memory = self.tr("memory {size}").format(size=text.size(status.memory_bytes))
        _put(self.memory, memory, status.memory_bytes is not None)
        disk = self.tr("{size} free").format(size=text.size(status.free_disk_bytes))
        _put(self.disk, disk, status.free_disk_bytes is not None)
        self.disk.setToolTip(self.tr("Free space on the disk of the home folder"))
        self._dress()

    @Slot()
    def _say_what(self) -> None:
        status = self._facts.status
        parts = (status.current_file, self._detail(), status.reason, self._operation(), self._where())
        self.file.setText(" · ".join(part for part in parts if part))

    def _state_words(self) -> str:
        if not self._facts.open:
            return self.tr("Opening…")
        if self._facts.operation is not None and self._facts.status.state is HostState.IDLE:
            return self.tr("Working")
        return {
            HostState.IDLE: self.tr("Ready"),
            HostState.TRAINING: self.tr("Training"),
            HostState.PAUSING: self.tr("Pausing…"),
            HostState.PAUSED: self.tr("Paused"),
            HostState.STOPPING: self.tr("Stopping…"),
            HostState.SKIPPING: self.tr("Skipping…"),
            HostState.STOPPED: self.tr("Stopped"),
        }[self._facts.status.state]

    def _operation(self) -> str:
        return operations.under_way(self._facts.operation) if self._facts.operation is not None else ""

    def _where(self) -> str:
        return self.tr("in another program, whose client this window is") if self._facts.remote else ""

    def _detail(self) -> str:
        status = self._facts.status
        match status.state:
            case HostState.PAUSED if status.job is None:
                return self.tr("the queue is held; Resume lets it go on")
            case HostState.PAUSED:
                step = text.whole(status.checkpoint_step)
                saved = self.tr("saved at step {step}").format(step=step) if status.checkpoint_step is not None else ""
                return "; ".join(part for part in (saved, self._memory_words(status)) if part)
            case HostState.PAUSING | HostState.STOPPING | HostState.SKIPPING:
                return self.tr("finishing the step and saving")
            case _ if self._facts.operation is not None:
                return ""  # the operation says the same, and how far it is
            case _:
                return status.activity or ""

    def _memory_words(self, status: Status) -> str:
        """When a paused engine gives its memory back."""
        if status.engine_released:
            return self.tr("memory is free")
        if status.release_at is None:
            return ""
        left = seconds_until(status.release_at)
        if left <= 0:
            return self.tr("memory is being freed")
        return self.tr("memory is freed in {time}").format(time=text.duration(left))

    @Slot()
    def _dress(self) -> None:
        quiet = Tone.QUIET if self._facts.operation is None else Tone.GOOD
        self._dot.colour = self._theme.colour(_TONES.get(self._facts.status.state, quiet))
        self._dot.update()


class ElidedLabel(QLabel):
    """A label that gives way: its text is cut in the middle where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setForegroundRole(QPalette.ColorRole.WindowText)

    def setText(self, words: str) -> None:
        self._whole = words
        self.setToolTip(words)
        self._fit()

    def whole_text(self) -> str:
        return self._whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        cut = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width())
        super().setText(cut)


class _Dot(QWidget):
    """The colour of the state, for a glance; the word beside it says the same."""

    def __init__(self) -> None:
        super().__init__()
        self.colour = QColor()
        self.setFixedSize(QSize(10, 10))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour)
        painter.drawEllipse(self.rect())


def _put(label: QLabel, words: str, known: bool) -> None:
    label.setText(words)
    label.setVisible(known)
