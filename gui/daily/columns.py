"""Daily snapshots in words, and the columns of their table."""

import msgspec
from PySide6.QtCore import QCoreApplication

from backend.domain.daily import Daily, Stays
from backend.protocol.host import DailiesReply
from gui import format as text
from gui.table.columns import RIGHT, Column
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "daily"
REASONS = {
    Stays.DAY: QT_TRANSLATE_NOOP("daily", "one of the last days"),
    Stays.WEEK: QT_TRANSLATE_NOOP("daily", "last of its week"),
    Stays.MONTH: QT_TRANSLATE_NOOP("daily", "last of its month"),
    Stays.CLOCK: QT_TRANSLATE_NOOP("daily", "named by a wrong clock"),
    Stays.NEWEST: QT_TRANSLATE_NOOP("daily", "one of the newest three"),
    Stays.TODAY: QT_TRANSLATE_NOOP("daily", "of today"),
    Stays.HEAD: QT_TRANSLATE_NOOP("daily", "what the head stands on"),
}


class DailyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot, why it stays, and whether the rule lets it go."""

    daily: Daily
    stays: tuple[Stays, ...]
    goes: bool


def rows(reply: DailiesReply) -> list[DailyRow]:
    """Newest first."""
    reasons = reply.staying or ((),) * len(reply.snapshots)
    pairs = zip(reply.snapshots, reasons, strict=True)
    return [DailyRow(daily=one, stays=stays, goes=one.day in reply.going) for one, stays in pairs][::-1]


def why(row: DailyRow) -> str:
    """What thinning does with it, and the reasons."""
    if row.goes:
        return _tr(QT_TRANSLATE_NOOP("daily", "goes when thinned"))
    reasons = ", ".join(_tr(REASONS[reason]) for reason in row.stays)
    return _tr(QT_TRANSLATE_NOOP("daily", "stays: {reasons}")).format(reasons=reasons)


def _tone(row: DailyRow) -> Tone | None:
    return Tone.CAUTION if row.goes else None


def _tr(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)


_DAY = Column[DailyRow](
    key="day", title=QT_TRANSLATE_NOOP("daily", "Day"), shown=lambda row: row.daily.day, tone=_tone, width=12
)
_SIZE = Column[DailyRow](
    key="size",
    title=QT_TRANSLATE_NOOP("daily", "Size"),
    shown=lambda row: text.size(row.daily.bytes),
    tone=_tone,
    alignment=RIGHT,
    width=10,
)
_POINT = Column[DailyRow](
    key="checkpoint",
    title=QT_TRANSLATE_NOOP("daily", "Checkpoint"),
    shown=lambda row: text.whole(row.daily.checkpoint),
    tone=_tone,
    alignment=RIGHT,
    width=10,
)
_READ_BACK = Column[DailyRow](
    key="verified",
    title=QT_TRANSLATE_NOOP("daily", "Verified"),
    shown=lambda row: text.moment(row.daily.taken_at),
    tone=_tone,
    width=20,
)
_WHY = Column[DailyRow](key="why", title=QT_TRANSLATE_NOOP("daily", "When thinned"), shown=why, tone=_tone)
COLUMNS: tuple[Column[DailyRow], ...] = (_DAY, _POINT, _SIZE, _READ_BACK, _WHY)
OF_THINNING: tuple[Column[DailyRow], ...] = (_DAY, _SIZE, _WHY)
