"""What is known of an entry of the time line, as pairs of a title and words."""

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from backend.datasets.visible import visible
from backend.domain.job import JobSettings
from backend.domain.version import TrainedJob, Version
from gui import format as text
from gui.history import columns, gate_words
from gui.history.timeline import Entry
from gui.translating import QT_TRANSLATE_NOOP

_HASH_SHOWN = 12
_DEFAULTS = JobSettings()

Pair = tuple[str, str]


def facts(entry: Entry) -> list[Pair]:
    """Titles and words, in the order in which they are shown; what is not known is left out."""
    found = _of_version(entry.version) if entry.version is not None else _of_move(entry)
    return [(title, words) for title, words in found if words]


def differing(settings: JobSettings) -> str:
    """Settings other than the defaults of the program, for example: epochs 8, learning_rate 1.0e-3."""
    parts = []
    for name in JobSettings.__struct_fields__:
        if name == "template_date":  # of the day on which it was queued: no choice of anybody
            continue
        value = getattr(settings, name)
        if value != getattr(_DEFAULTS, name):
            parts.append(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}")
    return ", ".join(parts)


def trained(job: TrainedJob) -> str:
    """One training in a few lines: rows and steps, losses, settings, the file's hash."""
    rows = text.count(job.rows, _tr(QT_TRANSLATE_NOOP("history", "row")), _tr(QT_TRANSLATE_NOOP("history", "rows")))
    steps = text.count(job.steps, _tr(QT_TRANSLATE_NOOP("history", "step")), _tr(QT_TRANSLATE_NOOP("history", "steps")))
    parts = [f"{visible(job.name)}: {rows}, {steps}"]
    if job.loss is not None:
        parts.append(_tr(QT_TRANSLATE_NOOP("history", "loss {loss}")).format(loss=text.loss(job.loss)))
    if job.heldout_first is not None and job.heldout_last is not None:
        words = _tr(QT_TRANSLATE_NOOP("history", "held out {first} → {last}"))
        parts.append(words.format(first=text.loss(job.heldout_first), last=text.loss(job.heldout_last)))
    if not job.ended:
        parts.append(_tr(QT_TRANSLATE_NOOP("history", "only partly trained")))
    lines = [", ".join(parts)]
    if job.dataset:
        lines.append(f"sha256 {job.dataset[:_HASH_SHOWN]}…")
    if settings := differing(job.settings):
        lines.append(settings)
    return "\n".join(lines)


def _of_version(version: Version) -> Iterator[Pair]:
    card = version.card
    yield _tr(QT_TRANSLATE_NOOP("history", "Description")), visible(card.description)
    yield _tr(QT_TRANSLATE_NOOP("history", "Made")), text.moment(card.created_at)
    parent = visible(card.parent.version or card.parent.name or card.parent.base)
    yield _tr(QT_TRANSLATE_NOOP("history", "Made on")), parent
    yield _tr(QT_TRANSLATE_NOOP("history", "Lineage")), " → ".join((*card.lineage, card.id)) if card.lineage else ""
    yield _tr(QT_TRANSLATE_NOOP("history", "From a backup")), visible(card.restored_from)
    yield _tr(QT_TRANSLATE_NOOP("history", "Trained")), "\n".join(map(trained, card.jobs))
    yield _tr(QT_TRANSLATE_NOOP("history", "Steps in all")), text.whole(card.total_steps)
    if card.gate is not None:
        yield _tr(QT_TRANSLATE_NOOP("history", "Merge")), gate_words.verdict(card.gate)
    yield _tr(QT_TRANSLATE_NOOP("history", "Adapter")), f"r {card.adapter.r}, alpha {card.adapter.alpha:g}"
    yield _tr(QT_TRANSLATE_NOOP("history", "Precision")), card.precision
    yield _tr(QT_TRANSLATE_NOOP("history", "Size")), text.size(version.bytes)
    never = _tr(QT_TRANSLATE_NOOP("history", "not since it was made"))
    yield (
        _tr(QT_TRANSLATE_NOOP("history", "Verified")),
        text.moment(version.verified_at) if version.verified_at else never,
    )


def _of_move(entry: Entry) -> Iterator[Pair]:
    yield _tr(QT_TRANSLATE_NOOP("history", "Time")), text.moment(entry.at)
    if entry.job is not None:
        yield _tr(QT_TRANSLATE_NOOP("history", "Trained")), trained(entry.job)
        return
    yield _tr(QT_TRANSLATE_NOOP("history", "State")), columns.state(entry)
    head = entry.move.after if entry.move is not None else None
    if head is not None:
        yield _tr(QT_TRANSLATE_NOOP("history", "Base")), visible(head.base or "")
        yield _tr(QT_TRANSLATE_NOOP("history", "Steps in all")), text.whole(head.total_steps)
    if head is not None and head.checkpoint is not None:
        point = head.checkpoint
        words = _tr(QT_TRANSLATE_NOOP("history", "{number}, step {step} of the file ({reason})"))
        yield (
            _tr(QT_TRANSLATE_NOOP("history", "Checkpoint")),
            words.format(number=point.id, step=text.whole(point.step), reason=point.reason),
        )
        yield _tr(QT_TRANSLATE_NOOP("history", "Loss")), text.loss(point.loss) if point.loss is not None else ""


def _tr(words: str) -> str:
    return QCoreApplication.translate(columns.CONTEXT, words)


def path_of(entry: Entry) -> str:
    """Relative to the home folder; empty where it has none."""
    if entry.version is not None:
        return entry.version.path
    head = entry.move.after if entry.move is not None else None
    return head.checkpoint.path if head is not None and head.checkpoint is not None else ""
