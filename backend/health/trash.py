"""What lies in the trash, and how much space it takes; no fault, whatever it is."""

from backend import files
from backend.health.check import Check
from backend.paths import Home

MB = 1e6


def trash_check(home: Home) -> Check:
    try:
        entries = [path for path in home.trash.iterdir() if not path.name.startswith(".")]
        size = files.size_of(home.trash)
    except OSError:
        return Check(name="trash", ok=True, text="empty")
    if not entries:
        return Check(name="trash", ok=True, text="empty")
    text = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}, {size / MB:.1f} MB"
    return Check(name="trash", ok=True, text=text, hint="`espalier trash list` shows them.")
