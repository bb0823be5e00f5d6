"""Backups in words, and the columns of their tables."""

import msgspec
from PySide6.QtCore import QCoreApplication

from backend.datasets.visible import visible
from backend.domain.backup import Backup, BackupCard, BackupType, CopyState, Keeps, Subject
from backend.domain.version import Condition
from backend.protocol.keeping import BackupsReply
from gui import format as text
from gui.table.columns import RIGHT, Column
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "backups"
TYPES = {
    BackupType.PRE_CONSOLIDATION: QT_TRANSLATE_NOOP("backups", "before a consolidation"),
    BackupType.PRE_DELETION: QT_TRANSLATE_NOOP("backups", "before a deletion"),
    BackupType.EMERGENCY: QT_TRANSLATE_NOOP("backups", "emergency"),
    BackupType.MANUAL: QT_TRANSLATE_NOOP("backups", "by hand"),
}
SUBJECTS = {
    Subject.HEAD: QT_TRANSLATE_NOOP("backups", "model in training"),
    Subject.VERSION: QT_TRANSLATE_NOOP("backups", "version {of}"),
    Subject.CHECKPOINT: QT_TRANSLATE_NOOP("backups", "checkpoint {of}"),
    Subject.DAILY: QT_TRANSLATE_NOOP("backups", "daily snapshot {of}"),
    Subject.BASE: QT_TRANSLATE_NOOP("backups", "base model {of}"),
    Subject.EVOLUTION: QT_TRANSLATE_NOOP("backups", "evolution {of}"),
}
KEEPS = {
    Keeps.YOUNG: QT_TRANSLATE_NOOP("backups", "young"),
    Keeps.FLOOR: QT_TRANSLATE_NOOP("backups", "one of the last three verified"),
    Keeps.TODAY: QT_TRANSLATE_NOOP("backups", "of today"),
    Keeps.HEAD: QT_TRANSLATE_NOOP("backups", "the model in training needs it"),
    Keeps.ONLY: QT_TRANSLATE_NOOP("backups", "only copy left"),
    Keeps.UNVERIFIED: QT_TRANSLATE_NOOP("backups", "not verified: yours to decide"),
}
CONDITIONS = {
    Condition.WHOLE: QT_TRANSLATE_NOOP("backups", "whole"),
    Condition.DAMAGED: QT_TRANSLATE_NOOP("backups", "damaged"),
    Condition.TRASH: QT_TRANSLATE_NOOP("backups", "in the trash"),
    Condition.GONE: QT_TRANSLATE_NOOP("backups", "missing"),
}


class BackupRow(msgspec.Struct, frozen=True, kw_only=True):
    """A backup, why it stays, and whether cleaning up lets it go."""

    backup: Backup
    stays: tuple[Keeps, ...]
    goes: bool

    @property
    def id(self) -> str:
        return self.backup.id


def rows(reply: BackupsReply) -> list[BackupRow]:
    """Newest first."""
    reasons = reply.staying or ((),) * len(reply.backups)
    pairs = zip(reply.backups, reasons, strict=True)
    going = set(reply.going)
    return [BackupRow(backup=one, stays=stays, goes=one.id in going) for one, stays in pairs][::-1]


def what(card: BackupCard) -> str:
    """For example: version v003."""
    return tr(SUBJECTS[card.subject]).format(of=visible(card.of))


def because(card: BackupCard) -> str:
    """Its type, and the reason that was given; what an operation gave as reason says the type as well."""
    kind, reason = tr(TYPES[card.type]), visible(card.reason)
    if card.type in (BackupType.PRE_CONSOLIDATION, BackupType.PRE_DELETION):
        return reason or kind
    return f"{kind}: {reason}" if reason else kind


def copy_words(state: CopyState | None) -> str:
    """What is known of one copy; a dash where there is none."""
    if state is None:
        return text.NOTHING
    if state.condition is not Condition.WHOLE:
        return tr(CONDITIONS[state.condition])
    return tr(
        QT_TRANSLATE_NOOP("backups", "verified") if state.verified_at else QT_TRANSLATE_NOOP("backups", "not verified")
    )


def is_whole(state: CopyState | None) -> bool:
    """Whether this copy may be restored, as far as is known."""
    return state is not None and state.condition is Condition.WHOLE


def why(row: BackupRow) -> str:
    """What cleaning up does with it, and the reasons."""
    if row.goes:
        return tr(QT_TRANSLATE_NOOP("backups", "goes"))
    reasons = ", ".join(tr(KEEPS[reason]) for reason in row.stays)
    stays = QT_TRANSLATE_NOOP("backups", "stays: {reasons}")
    return tr(stays).format(reasons=reasons) if reasons else tr(QT_TRANSLATE_NOOP("backups", "stays"))


def tr(words: str) -> str:
    """The words in the user's language."""
    return QCoreApplication.translate(CONTEXT, words)


def _tone_of(state: CopyState | None) -> Tone | None:
    if state is None:
        return Tone.QUIET
    if state.condition is not Condition.WHOLE:
        return Tone.BAD
    return Tone.GOOD if state.verified_at else Tone.CAUTION


def _icon_of(state: CopyState | None) -> str:
    if state is None:
        return ""
    return "error" if state.condition is not Condition.WHOLE else "done" if state.verified_at else "warning"


def _newest(row: BackupRow, name: str) -> str:
    """The younger of both copies' times."""
    times = [getattr(state, name) for state in (row.backup.here, row.backup.second) if state is not None]
    known = [time for time in times if time]
    return text.moment(max(known)) if known else text.NOTHING


_WHAT = Column[BackupRow](
    key="what", title=QT_TRANSLATE_NOOP("backups", "Backup of"), shown=lambda row: what(row.backup.card), width=22
)
_TYPE = Column[BackupRow](
    key="type", title=QT_TRANSLATE_NOOP("backups", "Why"), shown=lambda row: because(row.backup.card), width=24
)
_WHEN = Column[BackupRow](
    key="when",
    title=QT_TRANSLATE_NOOP("backups", "Made"),
    shown=lambda row: text.moment(row.backup.card.created_at),
    tone=lambda _: Tone.QUIET,
    width=19,
)
_SIZE = Column[BackupRow](
    key="size",
    title=QT_TRANSLATE_NOOP("backups", "Size"),
    shown=lambda row: text.size(row.backup.card.bytes),
    alignment=RIGHT,
    width=8,
)
_WHY = Column[BackupRow](
    key="why",
    title=QT_TRANSLATE_NOOP("backups", "When cleaned up"),
    shown=why,
    tone=lambda row: Tone.CAUTION if row.goes else Tone.QUIET,
)
COLUMNS: tuple[Column[BackupRow], ...] = (
    _WHAT,
    _TYPE,
    _WHEN,
    _SIZE,
    Column(
        key="here",
        title=QT_TRANSLATE_NOOP("backups", "Here"),
        shown=lambda row: copy_words(row.backup.here),
        tone=lambda row: _tone_of(row.backup.here),
        icon=lambda row: _icon_of(row.backup.here),
        width=11,
    ),
    Column(
        key="second",
        title=QT_TRANSLATE_NOOP("backups", "Second place"),
        shown=lambda row: copy_words(row.backup.second),
        tone=lambda row: _tone_of(row.backup.second),
        icon=lambda row: _icon_of(row.backup.second),
        width=12,
    ),
    Column(
        key="verified",
        title=QT_TRANSLATE_NOOP("backups", "Read back"),
        shown=lambda row: _newest(row, "verified_at"),
        tone=lambda _: Tone.QUIET,
        width=19,
    ),
    Column(
        key="loaded",
        title=QT_TRANSLATE_NOOP("backups", "Loaded"),
        shown=lambda row: _newest(row, "loaded_at"),
        tone=lambda _: Tone.QUIET,
        width=19,
    ),
    _WHY,
)
OF_CLEANING: tuple[Column[BackupRow], ...] = (_WHAT, _TYPE, _WHEN, _SIZE, _WHY)
