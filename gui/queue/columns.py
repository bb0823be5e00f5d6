"""The columns of the queue as values: a title, what is shown, and how it stands."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt

from backend.domain.job import ENDED, Job, JobState, is_stopped
from gui import format as text
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "queue"
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter

STATE_WORDS: dict[JobState, str] = {
    JobState.QUEUED: QT_TRANSLATE_NOOP("queue", "waits"),
    JobState.RUNNING: QT_TRANSLATE_NOOP("queue", "trains"),
    JobState.PAUSED: QT_TRANSLATE_NOOP("queue", "paused"),
    JobState.INTERRUPTED: QT_TRANSLATE_NOOP("queue", "interrupted"),
    JobState.SKIPPED: QT_TRANSLATE_NOOP("queue", "skipped"),
    JobState.DONE: QT_TRANSLATE_NOOP("queue", "done"),
    JobState.FAILED: QT_TRANSLATE_NOOP("queue", "failed"),
    JobState.REMOVED: QT_TRANSLATE_NOOP("queue", "removed"),
    JobState.UNDONE: QT_TRANSLATE_NOOP("queue", "undone"),
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """`shown` gets the job and its place in the order of training (0 where it has none)."""

    key: str
    title: str
    shown: Callable[[Job, int], str]
    alignment: Qt.AlignmentFlag = LEFT
    width: int = 80


def state_word(job: Job) -> str:
    word = QCoreApplication.translate(CONTEXT, STATE_WORDS[job.state])
    if is_stopped(job) and job.step:
        return QCoreApplication.translate(CONTEXT, "stopped")
    return word


def progress(job: Job) -> float | None:
    """Share of the steps done, None before the first step of a job is planned."""
    if job.state is JobState.DONE:
        return 1.0
    return job.step / job.total_steps if job.total_steps else None


def _progress_text(job: Job, _place: int) -> str:
    share = progress(job)
    return "" if share is None else f"{share:.0%}"


def _place_text(job: Job, place: int) -> str:
    return "" if job.state in ENDED or not place else str(place)


COLUMNS: tuple[Column, ...] = (
    Column(key="name", title=QT_TRANSLATE_NOOP("queue", "File"), shown=lambda job, _: job.name, width=190),
    Column(key="order", title=QT_TRANSLATE_NOOP("queue", "#"), shown=_place_text, alignment=CENTRE, width=40),
    Column(key="state", title=QT_TRANSLATE_NOOP("queue", "State"), shown=lambda job, _: state_word(job), width=84),
    Column(
        key="rows",
        title=QT_TRANSLATE_NOOP("queue", "Rows"),
        shown=lambda job, _: text.whole(job.rows),
        alignment=RIGHT,
        width=64,
    ),
    Column(
        key="progress", title=QT_TRANSLATE_NOOP("queue", "Progress"), shown=_progress_text, alignment=CENTRE, width=92
    ),
)
ORDER_COLUMN = next(i for i, column in enumerate(COLUMNS) if column.key == "order")
STATE_COLUMN = next(i for i, column in enumerate(COLUMNS) if column.key == "state")
PROGRESS_COLUMN = next(i for i, column in enumerate(COLUMNS) if column.key == "progress")


def tip(job: Job) -> str:
    """What a row says when the pointer rests on it."""
    lines = [
        job.name,
        QCoreApplication.translate(CONTEXT, "Job {id}, {state}").format(id=job.id, state=state_word(job)),
    ]
    if job.total_steps:
        steps = text.step(job.step, job.total_steps)
        lines.append(QCoreApplication.translate(CONTEXT, "Step {steps}").format(steps=steps))
    if job.loss is not None:
        lines.append(QCoreApplication.translate(CONTEXT, "Loss {loss}").format(loss=text.loss(job.loss)))
    if job.heldout_last is not None:
        held = f"{text.loss(job.heldout_first)} → {text.loss(job.heldout_last)}"
        lines.append(QCoreApplication.translate(CONTEXT, "Held-out loss {losses}").format(losses=held))
    lines += [line for line in (job.reason, job.hint) if line]
    return "\n".join(lines)
