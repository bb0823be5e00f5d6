"""What names in the inbox mean: the level of a file, what is still being written, where files are put away."""

import os
import re
import urllib.parse
from pathlib import Path

from backend.datasets.label import label
from backend.domain.job import Priority
from backend.paths import INBOX_PRIORITY, INBOX_README, INBOX_REFUSED, INBOX_TAKEN

OURS = frozenset({INBOX_TAKEN, INBOX_REFUSED, INBOX_README.lower()})
"""At the top of the inbox: never read."""
_NOT_WHOLE = re.compile(
    r"[.~]|.*(\.part|\.partial|\.crdownload|\.download|\.opdownload|\.filepart|\.tmp|\.temp|~)$"
    r"|(desktop\.ini|thumbs\.db)$",
    re.IGNORECASE | re.DOTALL,
)


def is_passed_over(relative: Path) -> bool:
    """Whether it is ours, hidden, or bears the name of a file that somebody still writes; until it is renamed."""
    ours = len(relative.parts) == 1 and relative.name.lower() in OURS
    return ours or _NOT_WHOLE.match(relative.name) is not None


def level_of(relative: Path) -> Priority:
    """High below inbox/priority, whatever else the folders are called."""
    folders = relative.parts[:-1]
    return Priority.HIGH if folders and folders[0].lower() == INBOX_PRIORITY else Priority.NORMAL


def shown(relative: Path) -> str:
    """A name for people: on one line, without signs that cannot be shown."""
    return "/".join(("inbox", *map(label, relative.parts)))


def one_line(text: str) -> str:
    """A sentence that may hold the name of a file, made safe to store and to show."""
    return " ".join(text.encode("utf-8", "replace").decode().split())


def spelled(relative: Path) -> str:
    """Any name as plain text, to be stored; `unspelled` gives it back."""
    return urllib.parse.quote_from_bytes(os.fsencode(relative))


def unspelled(text: str) -> Path:
    return Path(os.fsdecode(urllib.parse.unquote_to_bytes(text)))
