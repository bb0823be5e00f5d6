"""Moves a file out of the inbox's sight, durably: nothing is deleted, nothing is overwritten."""

import contextlib
import os
import re
from pathlib import Path

from backend import files
from backend.errors import UserError
from backend.free_place import LONGEST, free_place
from backend.inbox.look import Mark
from backend.inbox.names import one_line
from backend.inbox.news import Gone, Moved, PutAway, Refusal, Stuck
from backend.paths import Home

NOTE = ".reason.txt"
_LEFTOVER = re.compile(r"\..*\.[0-9a-f]{12}\.tmp", re.DOTALL)
"""As the durable layer names what it has not finished."""


def put_away(home: Home, order: PutAway) -> Moved | Stuck | Gone | None:
    """Carry the order out; None where another file bears the name by now, which arrives in its own right."""
    mark = Mark.of(home.inbox / order.relative)
    if mark != order.mark:
        return Gone(relative=order.relative) if mark is None else None
    try:
        return Moved(order=order, to=_move(home, order).relative_to(home.inbox))
    except OSError as error:
        return Stuck(order=order, why=one_line(error.strerror or str(error)))
    except UserError as error:
        return Stuck(order=order, why=one_line(error.message))


def _move(home: Home, order: PutAway) -> Path:
    refusal = order.refusal
    folder = _folder(home.inbox_refused if refusal else home.inbox_taken, order.relative.parent)
    files.make_folder(folder)
    if refusal is None:
        target = free_place(folder, order.relative.name)
    else:
        note = note_of(refusal)
        target = free_place(
            folder, order.relative.name, LONGEST - len(NOTE), lambda place: _may_bear(_beside(place), note)
        )
        files.write(_beside(target), note)
    files.move(home.inbox / order.relative, target)
    return target


def clear_leftovers(home: Home) -> None:
    """Remove what a crash left of a text that was being written here; a user's own hidden files have other names."""
    written = (path for path in home.inbox_refused.rglob(".*.tmp") if _LEFTOVER.fullmatch(path.name))
    for path in (*written, *home.inbox.glob(f".{home.inbox_readme.name}.*.tmp")):
        with contextlib.suppress(OSError):
            path.unlink()


def note_of(refusal: Refusal) -> bytes:
    """What the text beside a refused file says."""
    remedy = f"What to do: {refusal.hint}\n" if refusal.hint else ""
    return f"This file was not queued.\n\nWhy: {refusal.message}\n{remedy}".encode()


def _folder(root: Path, parent: Path) -> Path:
    """The same sub-folder, unless a file bears the name of one."""
    folder = root / parent
    blocked = any(os.path.lexists(each) and not each.is_dir() for each in (folder, *folder.parents))
    return root if blocked else folder


def _beside(target: Path) -> Path:
    return target.with_name(target.name + NOTE)


def _may_bear(place: Path, note: bytes) -> bool:
    """Whether nothing lies there, or the same note, which a move that was cut off has left."""
    if not os.path.lexists(place):
        return True
    return (
        place.is_file() and not place.is_symlink() and place.stat().st_size == len(note) and place.read_bytes() == note
    )
