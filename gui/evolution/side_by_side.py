"""Both answers to one example side by side, each with its difference to what was expected."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from backend.domain.snapshot import LeftOut, Scored
from backend.evolution.compare import Compared
from backend.evolution.difference import difference
from gui import format as text
from gui.evolution import columns, words
from gui.evolution.text_box import TextBox
from gui.theme import ThemeKeeper
from gui.translating import QT_TRANSLATE_NOOP

_LEFT_OUT = {
    LeftOut.BUDGET: QT_TRANSLATE_NOOP("evolution", "Not asked: the time for snapshots was used up."),
    LeftOut.INTERRUPTED: QT_TRANSLATE_NOOP("evolution", "Not asked: the training was to end."),
    LeftOut.MEMORY: QT_TRANSLATE_NOOP("evolution", "Not asked: there was too little memory."),
    LeftOut.TOO_LONG: QT_TRANSLATE_NOOP("evolution", "Not asked: it does not fit into the model's context."),
    LeftOut.NO_ANSWER: QT_TRANSLATE_NOOP("evolution", "Plain text has no answer."),
}
_NOT_THERE = QT_TRANSLATE_NOOP("evolution", "This stage does not have the example.")
_NOT_ASKED = QT_TRANSLATE_NOOP("evolution", "Not asked.")
_EMPTY = QT_TRANSLATE_NOOP("evolution", "The answer is empty.")


class SideBySide(QWidget):
    """Question and expected answer above, the two answers below them."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._shown: Compared | None = None
        titles = (self.tr("Question"), self.tr("Expected answer"), self.tr("Before"), self.tr("After"))
        self.question, self.expected, self.before, self.after = (TextBox(title, theme) for title in titles)
        self._titles = [QLabel(title) for title in titles]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.setHorizontalSpacing(8)
        for place, (title, box) in enumerate(zip(self._titles, self._boxes, strict=True)):
            title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            title.setTextFormat(Qt.TextFormat.PlainText)
            grid.addWidget(title, place // 2 * 2, place % 2)
            grid.addWidget(box, place // 2 * 2 + 1, place % 2)
            grid.setColumnStretch(place % 2, 1)
        grid.setRowStretch(1, 2)
        grid.setRowStretch(3, 3)
        theme.changed.connect(self._show_again)

    def show_example(self, compared: Compared) -> None:
        self._shown = compared
        one = compared.example
        self.question.show_text(one.input)
        _show_whole(self.expected, one.expected_output)
        for box, title, name, side in (
            (self.before, self._titles[2], self.tr("Before"), compared.before),
            (self.after, self._titles[3], self.tr("After"), compared.after),
        ):
            title.setText(name if side is None else f"{name}: {_figures(side)}")
            _show_answer(box, side)

    @property
    def _boxes(self) -> tuple[TextBox, TextBox, TextBox, TextBox]:
        return (self.question, self.expected, self.before, self.after)

    @Slot()
    def _show_again(self) -> None:
        if self._shown is not None:
            self.show_example(self._shown)


def _show_whole(box: TextBox, words_of: str) -> None:
    if words_of:
        box.show_text(words_of)
    else:
        box.say(words.tr(_EMPTY))


def _show_answer(box: TextBox, side: Scored | None) -> None:
    if side is None:
        box.say(words.tr(_NOT_THERE))
    elif side.model_output is None:
        box.say(words.tr(_LEFT_OUT[side.left_out] if side.left_out else _NOT_ASKED))
    elif not side.model_output and not side.expected_output:
        box.say(words.tr(_EMPTY))
    else:
        box.show_parts(difference(side.expected_output, side.model_output).parts, side.model_output)


def _figures(side: Scored) -> str:
    """Step 100, loss 0.9100, similarity 42 %, wrong."""
    parts = [words.tr(QT_TRANSLATE_NOOP("evolution", "step {step}")).format(step=f"{side.step:,}")]
    if side.loss is not None:
        parts.append(words.tr(QT_TRANSLATE_NOOP("evolution", "loss {loss}")).format(loss=text.loss(side.loss)))
    if side.similarity is not None:
        similarity = words.tr(QT_TRANSLATE_NOOP("evolution", "similarity {share}"))
        parts.append(similarity.format(share=columns.share(side.similarity)))
    if side.right is not None:
        right, wrong = QT_TRANSLATE_NOOP("evolution", "right"), QT_TRANSLATE_NOOP("evolution", "wrong")
        parts.append(words.tr(right if side.right else wrong))
    return ", ".join(parts)
