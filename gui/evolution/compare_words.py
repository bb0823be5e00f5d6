"""Two stages in words: what became of each example, and how the figures of all changed."""

from collections.abc import Mapping

from backend.evolution.compare import Change, Comparison
from gui import format as text
from gui.evolution import columns, words
from gui.translating import QT_TRANSLATE_NOOP

CHANGES = {
    Change.LEARNED: QT_TRANSLATE_NOOP("evolution", "learned"),
    Change.FORGOTTEN: QT_TRANSLATE_NOOP("evolution", "forgotten"),
    Change.BETTER: QT_TRANSLATE_NOOP("evolution", "better"),
    Change.WORSE: QT_TRANSLATE_NOOP("evolution", "worse"),
    Change.SAME: QT_TRANSLATE_NOOP("evolution", "same"),
    Change.ONLY_BEFORE: QT_TRANSLATE_NOOP("evolution", "only before"),
    Change.ONLY_AFTER: QT_TRANSLATE_NOOP("evolution", "only after"),
    Change.UNKNOWN: QT_TRANSLATE_NOOP("evolution", "not known"),
}


def change(of: Change) -> str:
    return words.tr(CHANGES[of])


def counted(counts: Mapping[Change, int]) -> str:
    """18 learned, 1 forgotten, 20 better; kinds that none is of are left out."""
    return ", ".join(f"{counts[kind]:,} {change(kind)}" for kind in CHANGES if counts.get(kind))


def summary(comparison: Comparison) -> str:
    """The means of both stages, and below them what became of the examples."""
    before, after = comparison.before.summary, comparison.after.summary
    figures = [
        words.tr(QT_TRANSLATE_NOOP("evolution", "Right: {before}, then {after}.")).format(
            before=_right(before.correct, before.answered), after=_right(after.correct, after.answered)
        ),
        _moved(words.tr(QT_TRANSLATE_NOOP("evolution", "Loss")), before.avg_loss, after.avg_loss),
        _moved(words.tr(QT_TRANSLATE_NOOP("evolution", "Held out")), before.avg_loss_heldout, after.avg_loss_heldout),
        _shares(words.tr(QT_TRANSLATE_NOOP("evolution", "Similarity")), before.avg_similarity, after.avg_similarity),
    ]
    return f"{' '.join(one for one in figures if one)}\n{_examples(comparison)}"


def _examples(comparison: Comparison) -> str:
    counts = comparison.counts
    common = len(comparison.examples) - counts[Change.ONLY_BEFORE] - counts[Change.ONLY_AFTER]
    if not common:
        return words.tr(QT_TRANSLATE_NOOP("evolution", "The two stages have no example in common."))
    return words.tr(QT_TRANSLATE_NOOP("evolution", "Examples: {counted}.")).format(counted=counted(counts))


def _right(right: int, answered: int) -> str:
    if not answered:
        return words.tr(QT_TRANSLATE_NOOP("evolution", "nothing asked"))
    of = words.tr(QT_TRANSLATE_NOOP("evolution", "{right} of {answered}"))
    return of.format(right=f"{right:,}", answered=f"{answered:,}")


def _moved(name: str, before: float | None, after: float | None) -> str:
    """For example Loss 2.10 → 0.91, and in brackets by how much."""
    if before is None and after is None:
        return ""
    if before is None or after is None:
        return f"{name} {_figure(before)} → {_figure(after)}."
    return f"{name} {before:.2f} → {after:.2f} ({signed(after - before)})."


def _shares(name: str, before: float | None, after: float | None) -> str:
    """Similarity 14 % → 81 %, as everywhere else."""
    if before is None and after is None:
        return ""
    return f"{name} {columns.share(before)} → {columns.share(after)}."


def signed(value: float | None) -> str:
    """With its sign, the minus as long as the plus; a dash where there is none."""
    if value is None:
        return text.NOTHING
    spelled = f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
    return spelled[1:] if spelled.strip("+\N{MINUS SIGN}0.") == "" else spelled


def _figure(value: float | None) -> str:
    return text.NOTHING if value is None else f"{value:.2f}"
