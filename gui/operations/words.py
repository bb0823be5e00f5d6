"""Long operations in words: what is being done, how far it is, and why something else must wait."""

from PySide6.QtCore import QCoreApplication

from backend.datasets.visible import visible
from backend.domain.operation import Operation, OperationKind
from gui import format as text
from gui.translating import QT_TRANSLATE_NOOP

CONTEXT = "operations"
DOING = {
    OperationKind.CONSOLIDATE: QT_TRANSLATE_NOOP("operations", "Consolidating into {subject}"),
    OperationKind.RESTORE: QT_TRANSLATE_NOOP("operations", "Restoring {subject}"),
    OperationKind.DELETE: QT_TRANSLATE_NOOP("operations", "Deleting {subject}"),
    OperationKind.VERIFY: QT_TRANSLATE_NOOP("operations", "Verifying {subject}"),
    OperationKind.EXPORT: QT_TRANSLATE_NOOP("operations", "Exporting {subject}"),
    OperationKind.BACKUP: QT_TRANSLATE_NOOP("operations", "Backing up {subject}"),
    OperationKind.RESTORE_BACKUP: QT_TRANSLATE_NOOP("operations", "Restoring the backup {subject}"),
    OperationKind.RESTORE_TRASH: QT_TRANSLATE_NOOP("operations", "Putting back {subject}"),
    OperationKind.CLEANUP: QT_TRANSLATE_NOOP("operations", "Cleaning up {subject}"),
}

_LEAST_BYTES = 1_000_000
"""Steps that count examples or questions have far less to do."""


def doing(operation: Operation) -> str:
    """For example: Consolidating into v003."""
    return _tr(DOING[operation.kind]).format(subject=visible(operation.subject))


def share(operation: Operation) -> int | None:
    """How far this step is, in percent; None where that is not known."""
    return min(100, operation.done * 100 // operation.total) if operation.total else None


def under_way(operation: Operation) -> str:
    """For example: Consolidating into v003: writing the weights, 43 %."""
    if operation.cancelling:
        now = _tr(QT_TRANSLATE_NOOP("operations", "breaking off at the next safe place"))
    else:
        parts = [visible(operation.step)] if operation.step else []
        part = share(operation)
        now = ", ".join(parts + ([f"{part} %"] if part is not None else []))
    return f"{doing(operation)}: {now}" if now else doing(operation)


def measured(operation: Operation) -> str:
    """For example 1.2 GB of 2.9 GB; empty where that is not known, or so little that it is no bytes that count."""
    if operation.total < _LEAST_BYTES:
        return ""
    words = _tr(QT_TRANSLATE_NOOP("operations", "{done} of {total}"))
    return words.format(done=text.size(operation.done), total=text.size(operation.total))


def must_wait(operation: Operation) -> str:
    """Why nothing else begins now."""
    return _tr(QT_TRANSLATE_NOOP("operations", "One at a time. Under way: {what}.")).format(what=doing(operation))


def ended(operation: Operation) -> str:
    """What was done, or why not; the host's words, with a hint where it gave one."""
    return f"{operation.text} {operation.hint}".strip() or doing(operation)


def _tr(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)
