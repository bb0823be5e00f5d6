"""Files that show the head to people and programs; rewritten from the database at every start (semantics.md 2)."""

import contextlib
import secrets
import shutil
import sys
from pathlib import Path

import msgspec

from backend import files
from backend.domain.head import Base, Head
from backend.paths import Home

README = "README.txt"
POINTER = "path.txt"


def write(home: Home, head: Head, base: Base | None) -> None:
    """head.json and current_model/ as the head now is."""
    card = {"head": head, "base": base}
    content = msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n"
    if not home.head_card.exists() or home.head_card.read_bytes() != content:
        files.write(home.head_card, content)
    if head.checkpoint is not None:
        _show_adapter(home, head.checkpoint.path)
    else:
        _show_none(home, base)


def _show_adapter(home: Home, path: str) -> None:
    """A link to the checkpoint folder, which PEFT loads; where links do not exist, a folder with the path in a file."""
    current = home.current_model
    target = Path(path)
    if current.is_symlink() and current.readlink() == target:
        return
    if current.is_dir() and not current.is_symlink():
        _clear(current)
    try:
        files.put_link(current, target)
    except OSError:  # Windows without the right to make links, and file systems that have none
        _remove_link(current)
        current.mkdir(exist_ok=True)
        files.write(current / POINTER, f"{home.root / target}\n".encode())


def _show_none(home: Home, base: Base | None) -> None:
    current = home.current_model
    if current.is_symlink():
        _remove_link(current)
    current.mkdir(exist_ok=True)
    (current / POINTER).unlink(missing_ok=True)
    if base is None:
        text = (
            "No model has been chosen yet. `espalier model add starter` and `espalier model use starter` choose one.\n"
        )
    else:
        text = f"Nothing has been trained yet: there is no adapter. The base model is {base.slug}, in\n{base.path}\n"
    content = text.encode()
    readme = current / README
    if not readme.exists() or readme.read_bytes() != content:
        files.write(readme, content)


def _remove_link(current: Path) -> None:
    if not current.is_symlink():
        return
    with contextlib.suppress(FileNotFoundError):
        # On Windows a link to a folder is removed like a folder.
        if sys.platform == "win32":
            current.rmdir()
        else:
            current.unlink()


def _clear(folder: Path) -> None:
    """Remove our own derived folder; whatever else lies in it is somebody's and stays, beside it."""
    strangers = {path.name for path in folder.iterdir()} - {README, POINTER}
    if strangers:
        files.move(folder, folder.with_name(f"{folder.name}-kept-{secrets.token_hex(4)}"))
        return
    shutil.rmtree(folder)
