"""A look at the inbox: which files lie there, and in which folders. Links are never followed."""

import os
import stat
import sys
from pathlib import Path
from typing import Self

import msgspec

from backend.inbox.names import is_passed_over


class Mark(msgspec.Struct, frozen=True):
    """What tells a file that was changed or replaced from the one that was seen."""

    kind: int
    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """None where there is nothing."""
        try:
            status = path.lstat()
        except (OSError, ValueError):
            return None
        return cls(_kind(status), status.st_size, status.st_mtime_ns, status.st_ino)

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, which alone may be read."""
        return stat.S_ISREG(self.kind)


class Found(msgspec.Struct, frozen=True):
    """Something that lies in the inbox, by its path within it."""

    relative: Path
    mark: Mark


class View(msgspec.Struct, kw_only=True):
    """What one look saw."""

    files: list[Found] = msgspec.field(default_factory=list)
    """By path, as an order that does not depend on any clock."""
    folders: list[Path] = msgspec.field(default_factory=list)
    """The inbox itself and those in it, whole paths."""
    unreadable: list[Path] = msgspec.field(default_factory=list)


def look(inbox: Path) -> View:
    """Everything that is not passed over by its name."""
    view = View()
    waiting = [inbox]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                names = [entry.name for entry in entries]
        except OSError:
            view.unreadable.append(folder)
            continue
        view.folders.append(folder)
        for path in map(folder.joinpath, names):
            relative = path.relative_to(inbox)
            if is_passed_over(relative) or (mark := Mark.of(path)) is None:
                continue
            if stat.S_ISDIR(mark.kind):
                waiting.append(path)
            else:
                view.files.append(Found(relative, mark))
    view.files.sort(key=lambda found: found.relative)
    return view


def _kind(status: os.stat_result) -> int:
    """A junction, which Windows calls a folder, leads elsewhere as a link does."""
    if sys.platform == "win32" and status.st_reparse_tag == stat.IO_REPARSE_TAG_MOUNT_POINT:
        return stat.S_IFLNK
    return stat.S_IFMT(status.st_mode)
