"""The columns of the list of stages."""

from gui import format as text
from gui.evolution import example_words as words
from gui.evolution.stages import Stage
from gui.table.columns import RIGHT, Column
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP


def _tone(stage: Stage) -> Tone:
    if stage.at.right is None:
        return Tone.QUIET
    return Tone.GOOD if stage.at.right else Tone.CAUTION


def _answer_tone(stage: Stage) -> Tone | None:
    return Tone.QUIET if stage.at.answer is None or stage.as_before else None


COLUMNS: tuple[Column[Stage], ...] = (
    Column[Stage](
        key="step",
        title=QT_TRANSLATE_NOOP("example", "Step"),
        shown=lambda stage: f"{stage.at.step:,}",
        alignment=RIGHT,
        width=5,
    ),
    Column[Stage](
        key="verdict",
        title=QT_TRANSLATE_NOOP("example", "✓"),
        shown=lambda stage: words.sign(stage.at),
        tone=_tone,
        width=2,
    ),
    Column[Stage](
        key="loss",
        title=QT_TRANSLATE_NOOP("example", "Loss"),
        shown=lambda stage: text.loss(stage.at.loss),
        alignment=RIGHT,
        width=7,
    ),
    Column[Stage](
        key="similarity",
        title=QT_TRANSLATE_NOOP("example", "Similar"),
        shown=lambda stage: words.share(stage.at.similarity),
        alignment=RIGHT,
        width=7,
    ),
    Column[Stage](
        key="answer",
        title=QT_TRANSLATE_NOOP("example", "Answer"),
        shown=words.answer_line,
        tone=_answer_tone,
    ),
)
