"""One example over time: its texts, its stages, its curve, and whether it is pinned. Imported after the first paint."""

from collections.abc import Collection

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from backend.domain.pin import Pin
from backend.protocol import evolution as e
from backend.protocol.host import Done, Failure, Reply, Request
from gui.evolution import example_words as words
from gui.evolution.example_curve import ExampleCurve
from gui.evolution.example_texts import ExampleTexts
from gui.evolution.stage_list import StageList
from gui.evolution.stages import Stage, stages
from gui.theme import ThemeKeeper


class ExampleView(QWidget):
    """Asks for what it shows; whoever hosts it brings the answers and says which example and which step."""

    wanted = Signal(object)
    """Request."""
    step_chosen = Signal(object, object)
    """Number of the run, and the step."""
    pins_wanted = Signal()
    """The list of all pinned examples."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._chosen: tuple[int, str] | None = None
        """Run and example that were asked for."""
        self._reply: e.AnswersReply | None = None
        self._step: int | None = None
        """That the user looks at, until its example is read."""
        self.pinned: frozenset[str] = frozenset()
        """Ids of all pinned examples."""
        self.pin = QAction(self)
        self.badges = QLabel()
        self.said = QLabel()
        self.stages = StageList(theme)
        self.curve = ExampleCurve(theme)
        self.texts = ExampleTexts(theme)
        self._nothing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._arrange()
        self._tell("")
        self.pin.triggered.connect(self._pin_or_unpin)
        self.stages.chosen.connect(self._show_stage)
        self.stages.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.stages.customContextMenuRequested.connect(self._show_menu)
        self._invite()

    @property
    def shown(self) -> str | None:
        """Id of the example that is shown."""
        return None if self._reply is None else self._reply.example.example_id

    @Slot()
    def begin(self) -> None:
        """The host answers (again)."""
        self.wanted.emit(e.ListPins())
        self._ask()

    @Slot(object, str)
    def choose(self, run: int, example_id: str) -> None:
        """Show this example of this run."""
        if (run, example_id) != self._chosen:
            self._chosen = (run, example_id)
            self.pin.setEnabled(False)  # until it is read, the one before would be pinned
            self._tell("")
            self._ask()

    @Slot(object, str)
    def enter(self, run: int, example_id: str) -> None:
        """Show it, and let the arrow keys walk through its stages."""
        self.choose(run, example_id)
        self.stages.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def choose_step(self, step: int) -> None:
        """Go to this step, now or once it is read."""
        self._step = step
        self.stages.choose(step)

    @Slot(object)
    def learn_shown(self, reply: e.RunReply) -> None:
        """Another run stands beside it: an example of the one before would be taken for one of this."""
        if self._chosen is not None and reply.run.id != self._chosen[0]:
            self._chosen = self._reply = self._step = None
            self._tell("")
            self._invite()

    @Slot(object)
    def learn_run(self, changed: e.RunChanged) -> None:
        """A new snapshot brings a stage more."""
        if self._chosen is not None and changed.run.id == self._chosen[0]:
            self._ask()

    @Slot(object)
    def learn_pins(self, changed: e.PinsChanged) -> None:
        self._show_pins(changed.pins)

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case e.GetAnswers(run=run, example_id=example_id), e.AnswersReply():
                if (run, example_id) == self._chosen:
                    self._show(reply)
            case e.GetAnswers(run=run, example_id=example_id), Failure(message=message, hint=hint):
                if (run, example_id) == self._chosen:
                    self._say_nothing(f"{message} {hint}".strip())
            case _, e.PinsReply(pins=pins):
                self._show_pins(pins)
            case _, Done(text=text):
                self._tell(text)
            case _, Failure(message=message, hint=hint):
                self._tell(f"{message} {hint}".strip())

    # What is shown

    def _ask(self) -> None:
        if self._chosen is not None:
            run, example_id = self._chosen
            self.wanted.emit(e.GetAnswers(run=run, example_id=example_id))

    def _show(self, reply: e.AnswersReply) -> None:
        self._reply = reply
        found = stages(reply.answers)
        self.texts.show_example(reply.example)
        self.stages.blockSignals(True)  # the hosting view knows where it stands
        self.stages.show_stages(found, self._step)
        self.stages.blockSignals(False)
        self.curve.show_stages(found)
        if self.stages.current is not None:
            self._show_texts(self.stages.current)
        self._show_badges()
        self.pin.setEnabled(True)
        self._stack.setCurrentIndex(1)

    @Slot(object)
    def _show_stage(self, stage: Stage) -> None:
        self._show_texts(stage)
        if self._reply is not None and stage.at.step != self._step:
            self._step = stage.at.step
            self.step_chosen.emit(self._reply.run, stage.at.step)

    def _show_texts(self, stage: Stage) -> None:
        self.texts.show_stage(stage)
        self.curve.mark(stage.at.step)

    def _show_pins(self, pins: Collection[Pin]) -> None:
        self.pinned = frozenset(pin.example_id for pin in pins)
        self._show_badges()

    def _show_badges(self) -> None:
        if self._reply is None:
            return
        pinned = self.shown in self.pinned
        self.badges.setText(" · ".join(words.badges(self._reply.example, pinned)))
        self.pin.setText(self.tr("Unpin") if pinned else self.tr("Pin example"))
        self.pin.setToolTip(
            self.tr("Leave it out of the panels of other files, from the next file on")
            if pinned
            else self.tr("Ask it in the training of every file, from the next file on")
        )

    def _tell(self, what: str) -> None:
        """What came of a wish; an empty one takes the last away."""
        self.said.setText(what)
        self.said.setVisible(bool(what))

    def _invite(self) -> None:
        self._say_nothing(self.tr("Choose an example to see what the model answered to it at each step."))

    def _say_nothing(self, why: str) -> None:
        self.pin.setEnabled(False)
        self._nothing.setText(why)
        self._stack.setCurrentIndex(0)

    # What the user does

    @Slot()
    def _pin_or_unpin(self) -> None:
        if self._reply is None:
            return
        run, example_id = self._reply.run, self._reply.example.example_id
        pinned = example_id in self.pinned
        self.wanted.emit(e.Unpin(example_id=example_id) if pinned else e.PinExample(run=run, example_id=example_id))

    @Slot(QPoint)
    def _show_menu(self, where: QPoint) -> None:
        menu = self.menu()
        menu.popup(self.stages.viewport().mapToGlobal(where))

    def menu(self) -> QMenu:
        """What can be done with the example; it ends when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.pin)
        menu.addAction(self.tr("Pinned examples…"), self.pins_wanted.emit)
        menu.addSeparator()
        menu.addAction(self.tr("Copy the answer"), self.texts.answer.copy_whole)
        return menu

    # Arrangement

    def _arrange(self) -> None:
        self._dress_labels()
        button = QToolButton()
        button.setDefaultAction(self.pin)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.badges, 1)
        head.addWidget(button)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.stages, 1)
        column.addWidget(self.curve)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self.texts)
        split.setSizes([400, 500])
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(head)
        rows.addWidget(self.said)
        rows.addWidget(split, 1)
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _dress_labels(self) -> None:
        for label in (self.badges, self.said, self._nothing):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        for label in (self.badges, self._nothing):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.badges.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.badges.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._nothing.setMargin(16)
        self._nothing.setBackgroundRole(QPalette.ColorRole.Base)
        self._nothing.setAutoFillBackground(True)
