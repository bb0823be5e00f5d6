"""Evolution in words: what became of an example, a run by its name, the forgetting guard's report."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from backend.datasets.visible import visible
from backend.domain.analysis import Fate
from backend.domain.evolution import EvolutionRun, Forgetting, GuardedPanel
from gui import format as text
from gui.evolution.choice import CONTEXT
from gui.translating import QT_TRANSLATE_NOOP

FATES = {
    Fate.LEARNED: QT_TRANSLATE_NOOP("evolution", "learned"),
    Fate.STILL_WRONG: QT_TRANSLATE_NOOP("evolution", "still wrong"),
    Fate.FORGOTTEN: QT_TRANSLATE_NOOP("evolution", "forgotten"),
    Fate.REGRESSED: QT_TRANSLATE_NOOP("evolution", "regressed"),
    Fate.KNOWN: QT_TRANSLATE_NOOP("evolution", "known from the start"),
    Fate.UNKNOWN: QT_TRANSLATE_NOOP("evolution", "not asked"),
}
_EXAMPLE = QT_TRANSLATE_NOOP("evolution", "example")
_EXAMPLES = QT_TRANSLATE_NOOP("evolution", "examples")
_LONGEST_NAME = 40
_LONGEST_LINE = 160


def fate(fate: Fate, learned_at: int | None) -> str:
    """Learned at step 120; for the others the word alone."""
    if fate is Fate.LEARNED and learned_at is not None:
        return tr(QT_TRANSLATE_NOOP("evolution", "learned at {step}")).format(step=f"{learned_at:,}")
    return tr(FATES[fate])


def counted(counts: Mapping[Fate, int]) -> str:
    """31 learned, 20 still wrong, 2 forgotten; what none has become is left out."""
    return ", ".join(f"{counts[one]:,} {tr(FATES[one])}" for one in FATES if counts.get(one))


def first_line(words: str) -> str:
    """As much of a text as a row can show."""
    line = next((line for line in words[: 4 * _LONGEST_LINE].splitlines() if line.strip()), "")
    return visible(line.strip())[:_LONGEST_LINE]


def run(run: EvolutionRun) -> str:
    """The file, when its training began, how far it is."""
    name = text.shortened(visible(run.dataset_name), _LONGEST_NAME)
    steps = text.step(run.steps[-1] if run.steps else 0, run.total_steps)
    words = tr(QT_TRANSLATE_NOOP("evolution", "{name}, {began}, step {steps}"))
    return words.format(name=name, began=text.moment(run.begun_at)[:16], steps=steps)


def guarded(report: Forgetting) -> str:
    """The forgetting guard's report in one line."""
    scored = sum(panel.scored for panel in report.panels)
    worse = sum(len(panel.worse) for panel in report.panels)
    if not scored:
        return tr(QT_TRANSLATE_NOOP("evolution", "Forgetting guard: there was nothing earlier to compare with."))
    words = tr(QT_TRANSLATE_NOOP("evolution", "Forgetting guard: {worse} of {examples} from before got worse."))
    counted = f"{worse:,}" if worse else tr(QT_TRANSLATE_NOOP("evolution", "none"))
    return words.format(worse=counted, examples=text.count(scored, tr(_EXAMPLE), tr(_EXAMPLES)))


def guard_details(report: Forgetting) -> str:
    """Each panel with its means, and the examples that got worse."""
    return "\n\n".join(_panel(panel) for panel in report.panels)


def tr(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)


def _panel(panel: GuardedPanel) -> str:
    name = visible(panel.dataset_name) if panel.run else tr(QT_TRANSLATE_NOOP("evolution", "Pinned examples"))
    head = tr(QT_TRANSLATE_NOOP("evolution", "{name}: loss {before} before, {after} after ({scored} of {all} scored)"))
    lines = [
        head.format(
            name=name,
            before=text.loss(panel.before),
            after=text.loss(panel.after),
            scored=f"{panel.scored:,}",
            all=f"{panel.examples:,}",
        )
    ]
    lines += [f"  {text.loss(one.before)} → {text.loss(one.after)}  {first_line(one.input)}" for one in panel.worse]
    return "\n".join(lines)
