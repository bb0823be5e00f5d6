"""A name that leads to a folder of the home: a link, or a folder with the path in a file where links do not exist."""

import contextlib
import secrets
import shutil
import sys
from pathlib import Path

from backend import files

FILE = "path.txt"


def put(name: Path, target: Path, own: frozenset[str] = frozenset({FILE})) -> None:
    """Let `name` lead to `target`, in one step where it was a link before.

    Args:
        target: relative to the folder of `name`.
        own: files of ours that may lie in a folder of this name; whatever else does is kept, beside it.
    """
    if name.is_symlink() and name.readlink() == target:
        return
    if name.is_dir() and not name.is_symlink():
        _clear(name, own)
    try:
        files.put_link(name, target)
    except OSError:  # Windows without the right to make links, and file systems that have none
        remove_link(name)
        name.mkdir(exist_ok=True)
        files.write(name / FILE, f"{name.parent / target}\n".encode())


def remove(name: Path) -> None:
    """Let the name lead nowhere."""
    remove_link(name)
    if name.is_dir():
        _clear(name, frozenset({FILE}))


def remove_link(name: Path) -> None:
    """Take a link away; anything else of this name stays."""
    if not name.is_symlink():
        return
    with contextlib.suppress(FileNotFoundError):
        # On Windows a link to a folder is removed like a folder.
        if sys.platform == "win32":
            name.rmdir()
        else:
            name.unlink()


def _clear(folder: Path, own: frozenset[str]) -> None:
    """Remove our own derived folder; whatever else lies in it is somebody's and stays, beside it."""
    strangers = {path.name for path in folder.iterdir()} - own
    if strangers:
        files.move(folder, folder.with_name(f"{folder.name}-kept-{secrets.token_hex(4)}"))
        return
    shutil.rmtree(folder)
