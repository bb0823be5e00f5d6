"""The Live tab: figures, the loss plot once it is loaded, and what controls it."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QStackedWidget, QVBoxLayout, QWidget

from backend.domain.status import HostState, Status
from backend.protocol.engine import HeldOut, Metric, Started
from gui import format as text
from gui.live.figures import Figures
from gui.live.mark import Mark
from gui.live.plot_face import PlotFace

DEFAULT_SMOOTHING = 60
MOST_SMOOTHING = 99


class LivePanel(QWidget):
    """Holds the points itself until a plot is there to show them."""

    weighed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.figures = Figures()
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.log_scale = QCheckBox(self.tr("&Log scale"))
        self._readout = QLabel()
        self._job: int | None = None
        self._shown = Status()
        self._plot: PlotFace | None = None
        self._early: list[Metric | HeldOut] = []
        self._marks: tuple[Mark, ...] = ()
        self._stack = QStackedWidget()
        self._waiting = self._make_waiting()
        self._stack.addWidget(self._waiting)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self.figures)
        layout.addWidget(self._stack, 1)
        layout.addLayout(self._controls())

    def use_plot(self, plot: PlotFace, widget: QWidget) -> None:
        """Take the plot in; what came before it is drawn now."""
        self._plot = plot
        self._stack.addWidget(widget)
        self.weighed.connect(plot.smooth)
        self.log_scale.toggled.connect(plot.use_log_scale)
        plot.smooth(self._weight())
        plot.use_log_scale(self.log_scale.isChecked())
        early, self._early = self._early, []
        for fact in early:
            self._draw(fact)
        plot.show_marks(self._marks)

    @Slot(object)
    def show_status(self, status: Status) -> None:
        """The last figures of a file stay until another one trains; what is older than they are is ignored."""
        shown = self._shown
        if status.job is None and shown.job is not None:
            self._show(msgspec.structs.replace(shown, tokens_per_second=None))
        elif status.job != shown.job or (status.step or 0) >= (shown.step or 0):
            self._show(status)
        preparing = status.activity if status.state is HostState.TRAINING else None
        self._waiting.setText(
            self.tr("Getting ready: {what} …").format(what=preparing)
            if preparing
            else self.tr("The loss is drawn here while a file trains.")
        )

    @Slot(object)
    def begin(self, started: Started) -> None:
        """Another job begins a curve of its own; a resumed one goes on with its x."""
        if self._job == started.job:
            return
        self._job = started.job
        self._early.clear()
        if self._plot is not None:
            self._plot.clear()

    @Slot(object)
    def add_steps(self, metrics: Sequence[Metric]) -> None:
        for metric in metrics:
            self._draw(metric)
        if metrics:
            self._show(_with_step(self._shown, metrics[-1]))

    @Slot(object)
    def add_held_out(self, held_out: HeldOut) -> None:
        self._draw(held_out)
        self._show(msgspec.structs.replace(self._shown, job=held_out.job, heldout_loss=held_out.loss))

    @Slot(object)
    def show_marks(self, marks: tuple[Mark, ...]) -> None:
        """The snapshots of the job that is drawn."""
        self._marks = marks
        if self._plot is not None:
            self._plot.show_marks(marks)

    @Slot(object)
    def read_out(self, point: tuple[int, float, float, tuple[float, float] | None] | None) -> None:
        """What the crosshair stands on."""
        if point is None:
            self._readout.clear()
            return
        step, raw, line, held_out = point
        words = self.tr("step {step}: loss {raw}, smoothed {line}").format(
            step=f"{step:,}", raw=text.loss(raw), line=text.loss(line)
        )
        if held_out is not None:
            words += self.tr(", held-out {loss} at {step}").format(
                loss=text.loss(held_out[1]), step=f"{held_out[0]:,.0f}"
            )
        self._readout.setText(words)

    def _show(self, status: Status) -> None:
        self._shown = status
        self.figures.show_status(status)

    def _draw(self, fact: Metric | HeldOut) -> None:
        if self._plot is None:
            self._early.append(fact)
            return
        if isinstance(fact, Metric):
            self._plot.add_step(fact.step, fact.loss)
        else:
            self._plot.add_held_out(fact.step, fact.loss)
        self._stack.setCurrentIndex(1)

    def _weight(self) -> float:
        return self.smoothing.value() / 100

    @Slot()
    def _weigh(self) -> None:
        self.weighed.emit(self._weight())

    def _make_waiting(self) -> QLabel:
        label = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        label.setBackgroundRole(QPalette.ColorRole.Base)
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        label.setAutoFillBackground(True)
        return label

    def _controls(self) -> QHBoxLayout:
        self.smoothing.setRange(0, MOST_SMOOTHING)
        self.smoothing.setValue(DEFAULT_SMOOTHING)
        self.smoothing.setFixedWidth(140)
        self.smoothing.setAccessibleName(self.tr("Smoothing of the loss curve"))
        self.smoothing.valueChanged.connect(self._weigh)
        label = QLabel(self.tr("&Smoothing"))
        label.setBuddy(self.smoothing)
        self._readout.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.smoothing)
        row.addSpacing(8)
        row.addWidget(self.log_scale)
        row.addStretch()
        row.addWidget(self._readout)
        return row


def _with_step(status: Status, metric: Metric) -> Status:
    """The step that was just drawn, so that figures and plot never differ."""
    return msgspec.structs.replace(
        status,
        job=metric.job,
        step=metric.step,
        total_steps=metric.total_steps,
        epoch=metric.epoch,
        loss=metric.loss,
        learning_rate=metric.learning_rate,
        tokens_per_second=metric.tokens_per_second,
    )
