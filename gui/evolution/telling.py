"""A snapshot in a few words, for the banner and for the marks on the loss plot."""

from PySide6.QtCore import QCoreApplication

from backend.domain.snapshot import Summary

CONTEXT = "snapshot"


def taken(step: int, summary: Summary) -> str:
    """Snapshot of step 120: loss 0.91, 30 of 64 right."""
    words = _tr("Snapshot of step {step}: {figures}.")
    return words.format(step=f"{step:,}", figures=figures(summary))


def mark(step: int, summary: Summary) -> str:
    """Snapshot at step 100: loss 0.91, 12 of 64 right."""
    words = _tr("Snapshot at step {step}: {figures}")
    return words.format(step=f"{step:,}", figures=figures(summary))


def figures(summary: Summary) -> str:
    """What was not taken is not spoken of."""
    found = []
    if summary.avg_loss is not None:
        found.append(_tr("loss {loss}").format(loss=f"{summary.avg_loss:.2f}"))
    if summary.answered:
        right = _tr("{right} of {answered} right")
        found.append(right.format(right=f"{summary.correct:,}", answered=f"{summary.answered:,}"))
    return ", ".join(found) or _tr("nothing could be scored")


def _tr(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)
