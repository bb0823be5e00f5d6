"""The name that a user gave a file, made safe to show; it is a label and never becomes a path."""

import re
import unicodedata

LONGEST = 255
_FALLBACK = "dataset"
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def label(name: str) -> str:
    """Its last component on one line, without control and direction marks, at most LONGEST characters."""
    whole = name.encode("utf-8", "replace").decode()  # names that are not UTF-8 arrive with lone surrogates
    last = re.split(r"[/\\]", whole.rstrip("/\\"))[-1]
    shown = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in last)
    return " ".join(_DIRECTION.sub("", shown).split())[:LONGEST].strip(" ") or _FALLBACK
