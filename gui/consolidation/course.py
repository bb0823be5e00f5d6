"""A consolidation under way: what is done now, how far it is, and that it goes on without the dialog."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from backend.datasets.visible import visible
from backend.domain.operation import Operation
from gui.operations import words
from gui.operations.strip import show_share


class CourseView(QWidget):
    """Shows facts that the host tells."""

    def __init__(self) -> None:
        super().__init__()
        self.step, self.figures = QLabel(), QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        self.bar.setAccessibleName(self.tr("Progress of this step"))
        note = QLabel(
            self.tr(
                "This dialog can be closed: the consolidation goes on, and the status line shows it. Broken off, it "
                "ends at the next safe place, and everything is as before."
            )
        )
        for label in (self.step, self.figures, note):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        for label in (self.figures, note):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.step, self.bar, self.figures):
            column.addWidget(widget)
        column.addSpacing(8)
        column.addWidget(note)
        column.addStretch()

    def show_operation(self, operation: Operation) -> None:
        if operation.cancelling:
            self.step.setText(self.tr("Breaking off at the next safe place…"))
        else:
            self.step.setText(visible(operation.step) or self.tr("Getting ready…"))
        self.figures.setText(words.measured(operation))
        show_share(self.bar, operation)


def place_of(operation: Operation, reached: int) -> int:
    """Place of the step under way, counted from 0; `reached` where nothing tells.

    A step is told by its own words, and while it goes on by others, whose first word leads to it. One step back is
    possible: what is measured twice is measured before the merge and after it.
    """
    if operation.step in operation.steps:
        return operation.steps.index(operation.step)
    first = operation.step.casefold().partition(" ")[0]
    for place in range(max(0, reached - 1), len(operation.steps)):
        if operation.steps[place].casefold().partition(" ")[0] == first:
            return place
    return reached
