"""Consolidate: what will happen and the space it takes, then each step as it is done, then what came of it."""

import enum

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QDialogButtonBox, QFrame, QHBoxLayout, QPushButton, QScrollArea, QStackedWidget, QWidget

from backend.domain.operation import Operation, OperationKind, OperationState
from backend.protocol.host import Done, Failure, Reply, Request
from backend.protocol.keeping import (
    CancelOperation,
    Consolidate,
    ConsolidationPlan,
    GetConsolidation,
    GetOperations,
    ListVersions,
    OperationBegun,
    OperationsReply,
    VersionsReply,
)
from gui.consolidation.course import CourseView, place_of
from gui.consolidation.outcome import OutcomeView
from gui.consolidation.plan import PlanView
from gui.consolidation.steps import StepList
from gui.dialogs.frame import DialogFrame
from gui.operations import words
from gui.theme import ThemeKeeper

_SIZE = QSize(880, 470)
_STEPS_WIDTH = 320


class Phase(enum.IntEnum):
    """Also the page that is shown."""

    PLAN = 0
    COURSE = 1
    OUTCOME = 2


class ConsolidateDialog(DialogFrame):
    """Closing it breaks nothing off; opened again it shows how far it is."""

    history_wanted = Signal(str)
    """Id of the version to show there."""

    def __init__(self, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__("consolidate", theme, parent)
        self._operation: int | None = None
        self._version = ""
        self._reached = 0
        """Place of the step under way."""
        self._may = False
        self._refused = False
        """The message that is shown is why it cannot be begun; any other stays."""
        self.steps = StepList(theme)
        self.plan, self.course, self.outcome = PlanView(), CourseView(), OutcomeView(theme)
        self.pages = QStackedWidget()
        for page in (self.plan, self.course, self.outcome):
            self.pages.addWidget(page)
        self.go = QPushButton(self.tr("Consolidate"))
        self.cancel = QPushButton(self.tr("Break off"))
        self.to_history = QPushButton(self.tr("Show in history"))
        for button in (self.go, self.cancel, self.to_history):
            self.box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
            button.setAutoDefault(False)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._begin)
        self.cancel.clicked.connect(self._cancel)
        self.to_history.clicked.connect(self._show_history)
        self.plan.precision_changed.connect(self._ask_for_plan)
        self.arrange(self.tr("Consolidate"), self._body(), (), _SIZE)
        self._turn_to(Phase.PLAN)

    @property
    def phase(self) -> Phase:
        return Phase(self.pages.currentIndex())

    @Slot()
    def ask(self) -> None:
        """One may be under way already."""
        self.wanted.emit(GetOperations(last=1))

    @Slot(object, object)
    def answer(self, request: Request, reply: Reply) -> None:
        match request, reply:
            case GetOperations(), OperationsReply(operations=(Operation() as newest, *_)) if _is_under_way(newest):
                self.learn(newest)
            case GetOperations(), OperationsReply() if self.phase is Phase.PLAN:
                self._ask_for_plan()
            case GetConsolidation(precision=precision), ConsolidationPlan() if precision is self.plan.precision:
                self._show_plan(reply)
            case Consolidate(), OperationBegun(operation=operation):
                self.learn(operation)
            case ListVersions(), VersionsReply(versions=versions):
                for version in versions:
                    if version.id == self._version:
                        self.outcome.show_version(version)
                        self._turn_to(Phase.OUTCOME)
            case CancelOperation(), Done():
                pass
            case _, Failure():
                self.say_failure(reply)
                self.go.setEnabled(self._may)

    @Slot(object)
    def learn(self, operation: Operation) -> None:
        """Progress, or the end; of other operations only that the way is free again."""
        if operation.kind is not OperationKind.CONSOLIDATE:
            if self.phase is Phase.PLAN and operation.state is not OperationState.RUNNING:
                self._ask_for_plan()
        elif operation.state is OperationState.RUNNING:
            self._follow(operation)
        elif operation.id == self._operation:
            self._end(operation)

    @Slot()
    def refresh(self) -> None:
        """The head has moved: another plan."""
        if self.phase is Phase.PLAN:
            self._ask_for_plan()

    @Slot()
    def _ask_for_plan(self) -> None:
        self.go.setEnabled(False)
        self.wanted.emit(GetConsolidation(precision=self.plan.precision))

    def _show_plan(self, plan: ConsolidationPlan) -> None:
        if self.phase is not Phase.PLAN:
            return
        self.plan.show_plan(plan)
        self.steps.show_steps(plan.steps)
        self._may = not plan.refusal
        self.go.setEnabled(self._may)
        about = self.tr(
            "Merges what was trained into the model itself. {version} is a complete model of its own, and training "
            "goes on upon it."
        )
        self.about.setText(about.format(version=plan.version) if self._may else "")
        if plan.refusal or self._refused:
            self.say("warning", f"{plan.refusal} {plan.hint}".strip())
        self._refused = bool(plan.refusal)

    @Slot()
    def _begin(self) -> None:
        self.go.setEnabled(False)
        self.say("info", "")
        self.wanted.emit(self.plan.request)

    def _follow(self, operation: Operation) -> None:
        if self.phase is not Phase.COURSE:
            self.say("info", "")
        self._operation, self._version = operation.id, operation.subject
        if operation.steps != self.steps.steps and operation.steps:
            self.steps.show_steps(operation.steps)
        if self.phase is not Phase.COURSE:
            self._reached = 0
        self._reached = place_of(operation, self._reached)
        self.steps.show_progress(self._reached, self._reached)
        self.course.show_operation(operation)
        self.cancel.setEnabled(not operation.cancelling)
        self.about.setText(words.doing(operation))
        self._turn_to(Phase.COURSE)

    def _end(self, operation: Operation) -> None:
        self._operation = None
        if operation.state is OperationState.DONE:
            self.steps.show_progress(len(self.steps.steps), None)
            self.about.setText("")
            self.wanted.emit(ListVersions())
            return
        self._turn_to(Phase.PLAN)
        self._ask_for_plan()
        self._refused = False
        self.say("error" if operation.state is OperationState.FAILED else "warning", words.ended(operation))

    @Slot()
    def _cancel(self) -> None:
        if self._operation is not None:
            self.cancel.setEnabled(False)
            self.wanted.emit(CancelOperation(operation=self._operation))

    @Slot()
    def _show_history(self) -> None:
        self.history_wanted.emit(self._version)

    def _turn_to(self, phase: Phase) -> None:
        self.pages.setCurrentIndex(phase)
        self.go.setVisible(phase is Phase.PLAN)
        self.cancel.setVisible(phase is Phase.COURSE)
        self.to_history.setVisible(phase is Phase.OUTCOME)

    def _body(self) -> QWidget:
        scroll = QScrollArea()
        scroll.setWidget(self.steps)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedWidth(_STEPS_WIDTH)
        scroll.setAccessibleName(self.tr("What happens"))
        rule = QFrame()
        rule.setFrameShape(QFrame.Shape.VLine)
        rule.setFrameShadow(QFrame.Shadow.Sunken)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 6, 0, 0)
        row.setSpacing(16)
        row.addWidget(scroll)
        row.addWidget(rule)
        row.addWidget(self.pages, 1)
        return body


def _is_under_way(operation: Operation) -> bool:
    return operation.kind is OperationKind.CONSOLIDATE and operation.state is OperationState.RUNNING
