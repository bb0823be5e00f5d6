"""The audit trail in words, and the columns of its table."""

from PySide6.QtCore import QCoreApplication

from backend.datasets.visible import visible
from backend.domain.entry import Entry
from gui import format as text
from gui.table.columns import RIGHT, Column
from gui.theme import Tone
from gui.trail import operation_words
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "trail"
WORDS = {
    "queued": QT_TRANSLATE_NOOP("trail", "waits its turn"),
    "moved": QT_TRANSLATE_NOOP("trail", "moved"),
    "removed": QT_TRANSLATE_NOOP("trail", "taken out of the queue"),
    "restored": QT_TRANSLATE_NOOP("trail", "put back"),
    "retried": QT_TRANSLATE_NOOP("trail", "queued again"),
    "edited": QT_TRANSLATE_NOOP("trail", "settings changed"),
    "running": QT_TRANSLATE_NOOP("trail", "its turn came"),
    "prepared": QT_TRANSLATE_NOOP("trail", "rows made ready"),
    "started": QT_TRANSLATE_NOOP("trail", "training began"),
    "held-out loss": QT_TRANSLATE_NOOP("trail", "held-out loss"),
    "checkpoint": QT_TRANSLATE_NOOP("trail", "checkpoint saved"),
    "paused": QT_TRANSLATE_NOOP("trail", "paused"),
    "interrupted": QT_TRANSLATE_NOOP("trail", "interrupted"),
    "skipped": QT_TRANSLATE_NOOP("trail", "skipped"),
    "done": QT_TRANSLATE_NOOP("trail", "trained to its end"),
    "failed": QT_TRANSLATE_NOOP("trail", "failed"),
    "undone": QT_TRANSLATE_NOOP("trail", "its training undone"),
    "redone": QT_TRANSLATE_NOOP("trail", "its training redone"),
    "notice": QT_TRANSLATE_NOOP("trail", "notice"),
    "damaged": QT_TRANSLATE_NOOP("trail", "damage found"),
    "fallback": QT_TRANSLATE_NOOP("trail", "back to an earlier checkpoint"),
    "model": QT_TRANSLATE_NOOP("trail", "model chosen"),
    "model added": QT_TRANSLATE_NOOP("trail", "model added"),
    "engine ready": QT_TRANSLATE_NOOP("trail", "engine ready"),
    "daily": QT_TRANSLATE_NOOP("trail", "daily snapshot taken"),
    "daily to trash": QT_TRANSLATE_NOOP("trail", "daily snapshot to the trash"),
    "undo": QT_TRANSLATE_NOOP("trail", "undo"),
    "redo": QT_TRANSLATE_NOOP("trail", "redo"),
    "start": QT_TRANSLATE_NOOP("trail", "start"),
    "pause": QT_TRANSLATE_NOOP("trail", "pause"),
    "stop": QT_TRANSLATE_NOOP("trail", "stop"),
    "save": QT_TRANSLATE_NOOP("trail", "save"),
    "skip": QT_TRANSLATE_NOOP("trail", "skip"),
    "snapshot": QT_TRANSLATE_NOOP("trail", "snapshot wanted"),
    "snapshot taken": QT_TRANSLATE_NOOP("trail", "snapshot taken"),
    "evolution ended": QT_TRANSLATE_NOOP("trail", "evolution summed up"),
    "signal": QT_TRANSLATE_NOOP("trail", "signal file"),
    "refused": QT_TRANSLATE_NOOP("trail", "not queued from the inbox"),
    "queue finished": QT_TRANSLATE_NOOP("trail", "queue finished"),
    "rebuilt": QT_TRANSLATE_NOOP("trail", "database made again from the folders"),
    "consolidated": QT_TRANSLATE_NOOP("trail", "a version made"),
    "tagged": QT_TRANSLATE_NOOP("trail", "tags of a version changed"),
    "version deleted": QT_TRANSLATE_NOOP("trail", "version to the trash"),
    "whole": QT_TRANSLATE_NOOP("trail", "found whole again"),
    "backup": QT_TRANSLATE_NOOP("trail", "backup made"),
    "backup restored": QT_TRANSLATE_NOOP("trail", "backup restored"),
    "backup to trash": QT_TRANSLATE_NOOP("trail", "backup to the trash"),
    "out of the trash": QT_TRANSLATE_NOOP("trail", "put back from the trash"),
    "trash emptied": QT_TRANSLATE_NOOP("trail", "deleted for good"),
}
_TONES = {
    "failed": Tone.BAD,
    "damaged": Tone.BAD,
    "refused": Tone.BAD,
    "interrupted": Tone.CAUTION,
    "fallback": Tone.CAUTION,
    "done": Tone.GOOD,
}
_ICONS = {Tone.BAD: "error", Tone.CAUTION: "warning", Tone.GOOD: "done"}


def said(entry: Entry) -> str:
    """What happened, in words; as it is stored where it is not known here."""
    words = WORDS.get(entry.what)
    if words is None:
        return operation_words.said(entry.what) or entry.what
    return QCoreApplication.translate(CONTEXT, words)


def _tone(entry: Entry) -> Tone | None:
    return _TONES.get(entry.what) or operation_words.tone(entry.what)


def _icon(entry: Entry) -> str:
    tone = _tone(entry)
    return "" if tone is None else _ICONS[tone]


_TIME = Column[Entry](
    key="at",
    title=QT_TRANSLATE_NOOP("trail", "Time"),
    shown=lambda entry: text.moment(entry.at),
    tone=lambda _: Tone.QUIET,
    width=20,
)
_WHAT = Column[Entry](
    key="what", title=QT_TRANSLATE_NOOP("trail", "What happened"), shown=said, tone=_tone, icon=_icon, width=28
)
_WHY = Column[Entry](key="why", title=QT_TRANSLATE_NOOP("trail", "Details"), shown=lambda entry: visible(entry.reason))
_FILE = Column[Entry](
    key="file", title=QT_TRANSLATE_NOOP("trail", "File"), shown=lambda entry: visible(entry.name), width=26
)
_JOB = Column[Entry](
    key="job",
    title=QT_TRANSLATE_NOOP("trail", "Job"),
    shown=lambda entry: "" if entry.job is None else str(entry.job),
    alignment=RIGHT,
    width=5,
)
OF_ONE: tuple[Column[Entry], ...] = (_TIME, _WHAT, _WHY)
OF_ALL: tuple[Column[Entry], ...] = (_TIME, _JOB, _FILE, _WHAT, _WHY)
