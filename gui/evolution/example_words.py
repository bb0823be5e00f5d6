"""One example over time in words: what a stage says, and what sets the example apart."""

from PySide6.QtCore import QCoreApplication

from backend.datasets.visible import visible
from backend.domain.evolution import AnswerAt, PanelExample
from backend.domain.snapshot import LeftOut, Source
from gui import format as text
from gui.evolution.spelling import readable
from gui.evolution.stages import Stage
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "example"
_LEFT_OUT = {
    LeftOut.BUDGET: QT_TRANSLATE_NOOP("example", "not asked: the budget was used up"),
    LeftOut.INTERRUPTED: QT_TRANSLATE_NOOP("example", "not asked: the training was to end"),
    LeftOut.MEMORY: QT_TRANSLATE_NOOP("example", "not asked: memory was short"),
    LeftOut.TOO_LONG: QT_TRANSLATE_NOOP("example", "not asked: longer than the model's context"),
    LeftOut.NO_ANSWER: QT_TRANSLATE_NOOP("example", "plain text: it has a loss and no answer"),
}
_NOT_ASKED = QT_TRANSLATE_NOOP("example", "not asked")
_LONGEST_LINE = 160


def tr(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)


def missing(at: AnswerAt) -> str:
    """Why there is no answer."""
    return tr(_LEFT_OUT[at.left_out] if at.left_out else _NOT_ASKED)


def verdict(at: AnswerAt) -> str:
    """✓ right, ✗ wrong; a sign and a word, for not everybody tells the colours apart."""
    if at.right is None:
        return text.NOTHING
    return tr(QT_TRANSLATE_NOOP("example", "✓ right")) if at.right else tr(QT_TRANSLATE_NOOP("example", "✗ wrong"))


def sign(at: AnswerAt) -> str:
    """The sign of the verdict alone, where there is little room."""
    return verdict(at)[0]


def share(value: float | None) -> str:
    """A similarity as people read it; 100 % is said of equal texts only."""
    if value is None:
        return text.NOTHING
    percent = round(100 * value)
    return f"{min(percent, 99) if value < 1 else percent} %"


def answer_line(stage: Stage) -> str:
    """The first line of the answer, or why there is none."""
    at = stage.at
    if at.answer is None:
        return missing(at)
    if stage.as_before:
        return tr(QT_TRANSLATE_NOOP("example", "as before"))
    line = next((line for line in at.answer[: 4 * _LONGEST_LINE].splitlines() if line.strip()), "")
    return readable(line.strip())[:_LONGEST_LINE] or empty()


def empty() -> str:
    return tr(QT_TRANSLATE_NOOP("example", "(empty answer)"))


def headline(stage: Stage) -> str:
    """Step 120: loss 0.4211, similarity 64 %, wrong; and what is special about the answer."""
    at = stage.at
    parts = [tr(QT_TRANSLATE_NOOP("example", "loss {loss}")).format(loss=text.loss(at.loss))]
    if at.answer is None:
        parts.append(missing(at))
    else:
        parts.append(tr(QT_TRANSLATE_NOOP("example", "similarity {share}")).format(share=share(at.similarity)))
        parts.append(verdict(at))
    if at.answer is not None and at.stopped is False:
        parts.append(tr(QT_TRANSLATE_NOOP("example", "cut: it did not stop by itself")))
    step = tr(QT_TRANSLATE_NOOP("example", "Step {step}")).format(step=f"{at.step:,}")
    return f"{step}: {', '.join(parts)}"


def badges(example: PanelExample, pinned: bool) -> list[str]:
    """What sets the example apart, the strongest first."""
    found = []
    if example.heldout:
        found.append(tr(QT_TRANSLATE_NOOP("example", "held out: never trained")))
    if pinned:
        found.append(tr(QT_TRANSLATE_NOOP("example", "pinned")))
    if example.source is Source.TYPED:
        found.append(tr(QT_TRANSLATE_NOOP("example", "typed in by hand")))
    elif example.source is Source.PINNED:
        found.append(tr(QT_TRANSLATE_NOOP("example", "from another file, line {line}")).format(line=example.line))
    else:
        found.append(tr(QT_TRANSLATE_NOOP("example", "line {line}")).format(line=f"{example.line:,}"))
    found.append(text.count(example.length, tr(_TOKEN), tr(_TOKENS)))
    return found


def one_line(words: str) -> str:
    """As much of a text as a row of a table can show."""
    return visible(" ".join(words[: 4 * _LONGEST_LINE].split()))[:_LONGEST_LINE]


_TOKEN = QT_TRANSLATE_NOOP("example", "token")
_TOKENS = QT_TRANSLATE_NOOP("example", "tokens")
