"""The answer to a drop: what was queued and where it stands, what was refused and why."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QCoreApplication

from backend.domain.dataset import BadLine
from backend.protocol.host import Queued
from gui import format as text
from gui.intake import RefusedFile, TakenFile

CONTEXT = "drop"
_LINES_SHOWN = 200


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A headline for the banner and the details behind its button."""

    headline: str
    details: str
    good: bool
    """Nothing at all was refused."""


class QueuedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the drop and the host's answer."""

    file: TakenFile
    reply: Queued


def answer(queued: Sequence[QueuedFile], refused: Sequence[RefusedFile], doubtful: int = 0) -> Answer:
    """What to tell the user about one drop. It says queued, never started.

    Args:
        doubtful: files that wait already, about which the user is asked.
    """
    lines = sum(item.file.dataset.report.refused for item in queued)
    again = [item for item in queued if item.reply.trained_as is not None]
    parts = [
        _queued(queued),
        _lines_refused(lines),
        _trained_before(again),
        _doubtful(doubtful),
        _refused(refused, alone=not queued),  # last, for it ends in a sentence
    ]
    return Answer(
        headline=", ".join(part for part in parts if part) + ("" if refused else "."),
        details=_details(queued, refused),
        good=not refused and not lines,
    )


def _queued(queued: Sequence[QueuedFile]) -> str:
    if not queued:
        return ""
    place = text.ordinal(queued[0].reply.ahead + 1)
    if len(queued) == 1:
        return _tr("{name} is queued, {place}").format(name=queued[0].file.path.name, place=place)
    return _tr("{count} files queued, from {place} place on").format(count=f"{len(queued):,}", place=place)


def _refused(refused: Sequence[RefusedFile], alone: bool) -> str:
    if not refused:
        return ""
    reasons = {item.message for item in refused}
    why = refused[0].message if len(reasons) == 1 else _tr("{n} different reasons.").format(n=len(reasons))
    if len(refused) == 1 and alone:
        return _tr("{name} was refused: {why}").format(name=refused[0].path.name, why=why)
    return _tr("{count} refused: {why}").format(count=f"{len(refused):,}", why=why)


def _lines_refused(lines: int) -> str:
    if not lines:
        return ""
    return _tr("{lines} in them").format(lines=text.count(lines, _tr("line refused"), _tr("lines refused")))


def _doubtful(count: int) -> str:
    return _tr("{count} in the queue already").format(count=f"{count:,}") if count else ""


def _trained_before(again: Sequence[QueuedFile]) -> str:
    if not again:
        return ""
    if len(again) == 1:
        return _tr("the same content was trained before, as job {id}").format(id=again[0].reply.trained_as)
    return _tr("{count} of them were trained before").format(count=f"{len(again):,}")


def _details(queued: Sequence[QueuedFile], refused: Sequence[RefusedFile]) -> str:
    blocks = [
        _tr("{name}: trained before, as job {id}").format(name=item.file.path.name, id=item.reply.trained_as)
        for item in queued
        if item.reply.trained_as is not None
    ]
    blocks += [f"{item.path}\n    {item.message}\n    {item.hint}".rstrip() for item in refused]
    for item in queued:
        report = item.file.dataset.report
        if report.refused:
            head = _tr("{name}: {rows} rows will train, {refused} refused").format(
                name=item.file.path.name, rows=f"{report.rows:,}", refused=f"{report.refused:,}"
            )
            blocks.append("\n".join([head, *(bad_line(bad) for bad in report.bad[:_LINES_SHOWN])]))
    return "\n\n".join(blocks)


def bad_line(bad: BadLine) -> str:
    """Where, why, and what to do, for the details."""
    where = _tr("line {n}").format(n=f"{bad.line:,}") if bad.line else _tr("whole file")
    return f"    {where}: {bad.reason} {bad.remedy}"


def _tr(words: str) -> str:
    return QCoreApplication.translate(CONTEXT, words)
