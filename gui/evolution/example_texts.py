"""Question, expected answer, and the answer at one stage with what differs marked."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from backend.domain.evolution import PanelExample
from backend.evolution.difference import MOST_WORDS, difference
from gui.evolution import example_words as words
from gui.evolution.stages import Stage
from gui.evolution.text_box import TextBox
from gui.theme import ThemeKeeper


class ExampleTexts(QWidget):
    """What differs is shown against the expected answer, or against the answer of the stage before."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self._example: PanelExample | None = None
        self._stage: Stage | None = None
        self.question = TextBox(self.tr("Question"), theme)
        self.expected = TextBox(self.tr("Expected answer"), theme)
        self.answer = TextBox(self.tr("Answer"), theme)
        self.headline = _quiet_label()
        self.note = _quiet_label()
        self.to_before = QCheckBox(self.tr("Compare with the stage &before"))
        self.to_before.setToolTip(
            self.tr("What changed since the stage before, instead of what differs from the expected")
        )
        self._arrange()
        self.to_before.toggled.connect(self._mark)
        theme.changed.connect(self._dress)

    def show_example(self, example: PanelExample) -> None:
        """Its texts are written anew only where they are others."""
        if example != self._example:
            self._example = example
            self._dress()

    def show_stage(self, stage: Stage) -> None:
        self._stage = stage
        self._mark()

    @Slot()
    def _mark(self) -> None:
        if self._stage is None or self._example is None:
            return
        at, before = self._stage.at, self._stage.before
        self.headline.setText(words.headline(self._stage))
        self.to_before.setEnabled(at.answer is not None and before is not None)
        if at.answer is None:
            self._say(words.missing(at), "")
        elif not self.to_before.isChecked():
            self._show(self._example.expected_output, at.answer)
        elif before is None or before.answer is None:
            self._say(at.answer or words.empty(), self.tr("There is no answer before it."))
        else:
            self._show(before.answer, at.answer)

    def _show(self, before: str, after: str) -> None:
        found = difference(before, after)
        if found.parts:
            self.answer.show_parts(found.parts, after)
        else:
            self.answer.say(words.empty())
        self.note.setText(self._note(after, found.equal, found.whole))

    def _say(self, instead: str, note: str) -> None:
        self.answer.say(instead)
        self.note.setText(note)

    def _note(self, answer: str, equal: bool, whole: bool) -> str:
        if equal:
            same = self.tr("Equal to the expected answer, character by character.")
            return self.tr("The same answer as before.") if self.to_before.isChecked() else same
        said = self.tr("Struck: missing. Underlined: additional.")
        if not answer:
            said = f"{words.empty()} {said}"
        if not whole:
            limit = self.tr("Only the first {count} words are compared.").format(count=f"{MOST_WORDS // 2:,}")
            said = f"{said} {limit}"
        return said

    @Slot()
    def _dress(self) -> None:
        """Texts and marks in the colours of the theme."""
        if self._example is None:
            return
        for box, text in ((self.question, self._example.input), (self.expected, self._example.expected_output)):
            if text:
                box.show_text(text)
            else:
                box.say(self.tr("(empty)"))
        self._mark()

    def _arrange(self) -> None:
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(_titled(QLabel(self.tr("Question")), self.question))
        split.addWidget(_titled(QLabel(self.tr("Expected answer")), self.expected))
        answer = _titled(self.headline, self.answer)
        split.addWidget(answer)
        for place, share in enumerate((2, 3, 4)):
            split.setStretchFactor(place, share)
        split.setSizes([200, 300, 400])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(split, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.to_before)


def _quiet_label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _titled(title: QLabel, box: TextBox) -> QWidget:
    title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(title)
    column.addWidget(box, 1)
    return widget
