"""One line in a dialog that shows the operation under way, with a button that breaks it off."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from backend.domain.operation import Operation, OperationState
from gui.operations import words


class OperationStrip(QWidget):
    """There only while something is under way."""

    cancel_wanted = Signal(object)
    """int: the operation's id."""

    def __init__(self) -> None:
        super().__init__()
        self._id: int | None = None
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.figures = QLabel()
        self.bar = QProgressBar()
        self.bar.setFixedSize(160, 8)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the operation"))
        self.cancel = QPushButton(self.tr("Break off"))
        self.cancel.setAutoDefault(False)
        self.cancel.setToolTip(self.tr("Ends it at the next safe place; everything is as before then"))
        self.cancel.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.words, 1)
        for widget in (self.figures, self.bar, self.cancel):
            row.addWidget(widget)
        self.hide()

    @Slot(object)
    def learn(self, operation: Operation | None) -> None:
        there = operation is not None and operation.state is OperationState.RUNNING
        self.setVisible(there)
        if operation is None or not there:
            self._id = None
            return
        self._id = operation.id
        self.words.setText(words.under_way(operation))
        self.words.setToolTip(self.words.text())
        self.figures.setText(words.measured(operation))
        show_share(self.bar, operation)
        self.cancel.setEnabled(not operation.cancelling)

    @Slot()
    def _cancel(self) -> None:
        if self._id is not None:
            self.cancel.setEnabled(False)
            self.cancel_wanted.emit(self._id)


def show_share(bar: QProgressBar, operation: Operation) -> None:
    """A bar that only moves to and fro where nobody knows how much there is to do."""
    part = words.share(operation)
    bar.setRange(0, 0 if part is None else 100)
    bar.setValue(0 if part is None else part)
