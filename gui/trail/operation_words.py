"""Entries of the trail about long operations, in words: their kind, and how it began or ended."""

from PySide6.QtCore import QCoreApplication

from backend.domain.operation import OperationKind, OperationState
from gui.theme import Tone
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "trail"
KINDS = {
    OperationKind.CONSOLIDATE: QT_TRANSLATE_NOOP("trail", "consolidation"),
    OperationKind.RESTORE: QT_TRANSLATE_NOOP("trail", "restoring of a version"),
    OperationKind.DELETE: QT_TRANSLATE_NOOP("trail", "deletion of a version"),
    OperationKind.VERIFY: QT_TRANSLATE_NOOP("trail", "verifying"),
    OperationKind.EXPORT: QT_TRANSLATE_NOOP("trail", "export"),
    OperationKind.BACKUP: QT_TRANSLATE_NOOP("trail", "backup"),
    OperationKind.RESTORE_BACKUP: QT_TRANSLATE_NOOP("trail", "restoring of a backup"),
    OperationKind.CLEANUP: QT_TRANSLATE_NOOP("trail", "cleaning up"),
    OperationKind.RESTORE_TRASH: QT_TRANSLATE_NOOP("trail", "putting back from the trash"),
}
STAGES = {
    "begun": QT_TRANSLATE_NOOP("trail", "{operation} begun"),
    OperationState.DONE.value: QT_TRANSLATE_NOOP("trail", "{operation} done"),
    OperationState.FAILED.value: QT_TRANSLATE_NOOP("trail", "{operation} failed"),
    OperationState.CANCELLED.value: QT_TRANSLATE_NOOP("trail", "{operation} broken off"),
    "recovered": QT_TRANSLATE_NOOP("trail", "{operation} settled at the start"),
}
TONES = {OperationState.FAILED.value: Tone.BAD, "recovered": Tone.CAUTION}


def said(stored: str) -> str | None:
    """The words for an entry such as "consolidate begun"; None where it is about something else."""
    kind, _, stage = stored.partition(" ")
    if kind not in set(OperationKind) or stage not in STAGES:
        return None
    operation = QCoreApplication.translate(CONTEXT, KINDS[OperationKind(kind)])
    return QCoreApplication.translate(CONTEXT, STAGES[stage]).format(operation=operation)


def tone(stored: str) -> Tone | None:
    """By how it ended."""
    return TONES.get(stored.partition(" ")[2]) if said(stored) is not None else None
