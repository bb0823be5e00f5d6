"""What lies in the trash in words, and the columns of its table."""

from backend.datasets.visible import visible
from backend.domain.trash import TrashEntry
from gui import format as text
from gui.backups.columns import tr
from gui.table.columns import RIGHT, Column
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP

KINDS = {
    "version": QT_TRANSLATE_NOOP("backups", "version {of}"),
    "backup": QT_TRANSLATE_NOOP("backups", "backup {of}"),
    "daily": QT_TRANSLATE_NOOP("backups", "daily snapshot {of}"),
    "checkpoint": QT_TRANSLATE_NOOP("backups", "checkpoint {of}"),
}

_STAYS = QT_TRANSLATE_NOOP("backups", "not by itself")


def what(entry: TrashEntry) -> str:
    """For example: version v003; a kind that this program does not know bears its own name."""
    known = KINDS.get(entry.kind)
    of = visible(entry.of)
    return tr(known).format(of=of) if known is not None else f"{visible(entry.kind)} {of}".strip()


COLUMNS: tuple[Column[TrashEntry], ...] = (
    Column(key="what", title=QT_TRANSLATE_NOOP("backups", "What"), shown=what, width=40),
    Column(
        key="size",
        title=QT_TRANSLATE_NOOP("backups", "Size"),
        shown=lambda entry: text.size(entry.bytes),
        alignment=RIGHT,
        width=9,
    ),
    Column(
        key="deleted",
        title=QT_TRANSLATE_NOOP("backups", "Deleted"),
        shown=lambda entry: text.moment(entry.deleted_at),
        width=19,
    ),
    Column(
        key="purged",
        title=QT_TRANSLATE_NOOP("backups", "Goes for good"),
        shown=lambda entry: text.moment(entry.purged_at) if entry.purged_at else tr(_STAYS),
        tone=lambda entry: Tone.CAUTION if entry.purged_at else Tone.QUIET,
        width=19,
    ),
    Column(
        key="path",
        title=QT_TRANSLATE_NOOP("backups", "Lies in"),
        shown=lambda entry: visible(entry.path),
        tone=lambda _: Tone.QUIET,
    ),
)
