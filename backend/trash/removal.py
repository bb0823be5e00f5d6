"""Deletes a folder of sealed files for good, whatever their rights, and follows no link out of it."""

import os
import shutil
import stat
import sys
from pathlib import Path


def remove(path: Path) -> None:
    """Raises OSError where something of it stays."""
    if path.is_symlink() or not path.is_dir():
        _unlock_file(path)
        path.unlink(missing_ok=True)
        return
    _unlock(path)
    shutil.rmtree(path)


def bytes_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; what a link points at does not count, nor what just went."""
    if path.is_symlink() or not path.is_dir():
        return _length(path)
    return sum(_length(Path(folder, name)) for folder, _, names in os.walk(path) for name in names)


def _unlock(top: Path) -> None:
    """A name is taken out of its folder by the folder's rights; Windows asks for the file's as well."""
    top.chmod(stat.S_IRWXU)
    for folder, folders, names in os.walk(top):
        for name in folders:
            below = Path(folder, name)
            if not below.is_symlink():
                below.chmod(stat.S_IRWXU)
        for name in names:
            _unlock_file(Path(folder, name))


def _unlock_file(path: Path) -> None:
    if sys.platform == "win32" and not path.is_symlink():
        path.chmod(stat.S_IREAD | stat.S_IWRITE)


def _length(path: Path) -> int:
    try:
        return path.lstat().st_size
    except FileNotFoundError:
        return 0
