"""What to send along with a question: versions, hardware and the last log lines, with nothing personal in it."""

import getpass
import os
import platform
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from backend.domain.status import Status
from gui import format as text
from gui.log.lines import Line

_PACKAGES = ("espalier", "PySide6-Essentials", "pyqtgraph", "torch", "transformers", "peft", "safetensors", "msgspec")
_TOKEN = re.compile(r"\b(hf|sk|ghp|github_pat)_[A-Za-z0-9_-]{8,}")


def diagnostics(status: Status, lines: Iterable[Line]) -> str:
    """A text for the clipboard, already masked."""
    head = [
        f"Python {platform.python_version()} · {platform.platform()}",
        " · ".join(f"{name} {_version(name)}" for name in _PACKAGES),
        f"{psutil.cpu_count(logical=False)} cores, {text.size(psutil.virtual_memory().total)} memory",
        f"device {status.device or 'not known yet'}, free disk {text.size(status.free_disk_bytes)}",
        f"state {status.state}, step {text.step(status.step, status.total_steps)}",
        "",
    ]
    return masked("\n".join(head + [f"{line.at:%Y-%m-%d %H:%M:%S} {line.level.name:7} {line.text}" for line in lines]))


def masked(words: str) -> str:
    """Without the home folder's path, the user's name in paths, and access tokens."""
    home = str(Path.home())
    if home != Path(home).anchor:
        words = words.replace(home, "~").replace(home.replace(os.sep, "/"), "~")
    user = re.escape(_user())
    words = re.sub(rf"(?<=[/\\])(home|Users)([/\\]){user}(?=[/\\]|\b)", r"\1\2user", words)
    return _TOKEN.sub(r"\1_…", words)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "user"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
