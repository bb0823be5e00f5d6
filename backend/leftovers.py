"""What an interrupted write leaves under a temporary name; nothing refers to it, and it goes after its writer."""

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from backend.backup.root import FOLDERS
from backend.library.shelf import INCOMING
from backend.paths import Home

RESTORED = "-restored"
"""In the names of what a host is bringing back to where engines write as well."""


def remove_of_engine(home: Home) -> None:
    """Where engines write. No engine may be there; a living host may."""
    for folder in (*home.runs.glob("*/checkpoints"), home.bases, home.token_cache, home.evolution):
        for path in folder.glob(".staging-*"):
            if RESTORED not in path.name:
                shutil.rmtree(path, ignore_errors=True)
    _remove_files((home.token_cache, *home.runs.glob("*"), *home.evolution.glob("*")))


def remove_of_host(home: Home) -> None:
    """Where hosts write. For a new host, before it writes itself."""
    _remove_stagings((home.snapshots, home.versions))
    for folder in (*home.runs.glob("*/checkpoints"), home.bases):
        for path in folder.glob(f".staging-*{RESTORED}*"):
            shutil.rmtree(path, ignore_errors=True)
    remove_of_backups(home.backups)
    for path in home.bases.glob(f"{INCOMING}*"):
        shutil.rmtree(path, ignore_errors=True)
    _remove_files((home.root, home.control, home.datasets, home.pins.parent, home.cards, home.versions))
    if not home.current_model.is_symlink():
        _remove_files((home.current_model,))


def remove_of_backups(root: Path) -> None:
    """Below one root of backups, in its own folders. For whoever alone writes there."""
    _remove_stagings(root / name for name in FOLDERS)


def _remove_stagings(folders: Iterable[Path]) -> None:
    for folder in folders:
        for path in folder.glob(".staging-*"):
            shutil.rmtree(path, ignore_errors=True)


def _remove_files(folders: Iterable[Path]) -> None:
    for folder in folders:
        for path in folder.glob(".*.tmp"):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
