"""What the model answered at the end of a training: a few questions of its last snapshot."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from backend.domain.evolution import EvolutionRun
from backend.domain.snapshot import Scored, Snapshot
from backend.protocol.evolution import GetSnapshot, ListRuns, RunChanged, RunsReply, SnapshotReply
from backend.protocol.host import Failure, Reply, Request
from gui import format as text
from gui.evolution import words
from gui.history.timeline import Entry
from gui.picture import Picture
from gui.theme import ThemeKeeper, Tone

_SHOWN = 5
_SIDE = 14
_REST_MS = 120
"""With a key held down nothing is asked until it rests."""


class EvolutionPreview(QWidget):
    """Asks for the last snapshot of the newest training of an entry; `wanted` carries the requests."""

    wanted = Signal(object)
    snapshot_wanted = Signal(int, int)
    """Run and step, for the tab Evolution."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self._runs: tuple[EvolutionRun, ...] = ()
        self._jobs: tuple[int, ...] = ()
        self._stage: tuple[int, int] | None = None
        self._snapshot: Snapshot | None = None
        self.about = QLabel()
        self.open = QPushButton(self.tr("Show in Evolution"))
        self.open.setAutoDefault(False)
        self.open.clicked.connect(self._open)
        self._rows = [(QLabel(), Picture("done", _SIDE), QLabel()) for _ in range(_SHOWN)]
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._ask)
        self._arrange()
        theme.changed.connect(self._dress)
        self._show(None)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Questions and answers that stand there."""
        return [(question.text(), answer.text()) for question, _, answer in self._rows if not question.isHidden()]

    def show_entry(self, entry: Entry | None) -> None:
        """The last training of a version, or the one that this is."""
        if entry is None:
            self._jobs = ()
        elif entry.version is not None:
            self._jobs = tuple(job.job for job in entry.version.card.jobs)
        else:
            self._jobs = (entry.trained,) if entry.trained is not None else ()
        self._look()

    @Slot()
    def begin(self) -> None:
        self.wanted.emit(ListRuns())

    @Slot(object)
    def learn_run(self, changed: RunChanged) -> None:
        others = [run for run in self._runs if run.id != changed.run.id]
        self._runs = (changed.run, *others)
        self._look()

    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case ListRuns(), RunsReply(runs=runs):
                self._runs = runs
                self._look()
            case GetSnapshot(run=run, step=step), SnapshotReply(snapshot=snapshot) if (run, step) == self._stage:
                self._show(snapshot)
            case GetSnapshot(run=run, step=step), Failure(message=message) if (run, step) == self._stage:
                self._show(None)
                self.about.setText(message)

    def _look(self) -> None:
        """Which snapshot it would be now."""
        runs = [run for run in self._runs if run.job in self._jobs and run.steps]
        last = max(runs, key=lambda run: (self._jobs.index(run.job), run.id), default=None)
        stage = None if last is None else (last.id, last.steps[-1])
        if stage != self._stage:
            self._stage = stage
            self._show(None)
            self._rest.start() if stage is not None else self._rest.stop()
        self.setVisible(bool(self._jobs))

    @Slot()
    def _ask(self) -> None:
        if self._stage is not None:
            self.wanted.emit(GetSnapshot(run=self._stage[0], step=self._stage[1]))

    def _show(self, snapshot: Snapshot | None) -> None:
        self._snapshot = snapshot
        self.open.setEnabled(snapshot is not None)
        self.open.setVisible(self._stage is not None)
        if snapshot is None:
            nothing = self.tr("No snapshot of its evolution was taken.")
            self.about.setText(nothing if self._stage is None else self.tr("Reading the last snapshot…"))
        else:
            self.about.setText(self._summary(snapshot))
        self._dress()

    @Slot()
    def _dress(self) -> None:
        chosen = () if self._snapshot is None else _telling(self._snapshot.examples)
        for place, (question, sign, answer) in enumerate(self._rows):
            example = chosen[place] if place < len(chosen) else None
            for widget in (question, sign, answer):
                widget.setVisible(example is not None)
            if example is not None:
                question.setText(words.first_line(example.input))
                question.setToolTip(words.first_line(example.expected_output))
                not_asked = self.tr("not asked; loss {loss}").format(loss=text.loss(example.loss))
                answered = example.model_output is not None
                answer.setText(words.first_line(example.model_output or "") if answered else not_asked)
                sign.setVisible(answered)
                right = bool(example.right)
                sign.show_icon("done" if right else "error", self._theme.colour(Tone.GOOD if right else Tone.CAUTION))
                sign.setToolTip(self.tr("right") if right else self.tr("wrong"))

    def _summary(self, snapshot: Snapshot) -> str:
        parts = [f"{snapshot.dataset_name}, {self.tr('step {step}').format(step=text.whole(snapshot.training_step))}"]
        if snapshot.summary.avg_loss is not None:
            parts.append(self.tr("loss {loss}").format(loss=text.loss(snapshot.summary.avg_loss)))
        if snapshot.summary.answered:
            right = self.tr("{right} of {answered} right")
            parts.append(right.format(right=snapshot.summary.correct, answered=snapshot.summary.answered))
        return ", ".join(parts)

    @Slot()
    def _open(self) -> None:
        if self._stage is not None:
            self.snapshot_wanted.emit(*self._stage)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for place, (question, sign, answer) in enumerate(self._rows):
            question.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            for label in (question, answer):
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(True)
                label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            grid.addWidget(question, 2 * place, 1)
            grid.addWidget(sign, 2 * place + 1, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(answer, 2 * place + 1, 1)
        heading = QLabel(self.tr("Evolution"))
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(heading)
        column.addWidget(self.about)
        column.addLayout(grid)
        column.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)


def _telling(examples: Sequence[Scored]) -> tuple[Scored, ...]:
    """Those with an answer, pinned ones first; where the time was too short for answers, those with a loss."""
    answered = [one for one in examples if one.model_output is not None]
    known = answered or [one for one in examples if one.loss is not None]
    return tuple(sorted(known, key=lambda one: not one.pinned)[:_SHOWN])
