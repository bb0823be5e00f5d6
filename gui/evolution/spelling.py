"""Texts of examples as they can be shown: nothing hides or reorders anything, and joined signs stay joined."""

from backend.datasets.visible import visible

_NON_JOINER = "\u200c"
"""Persian and the scripts of India need it."""
_JOINER = "\u200d"
"""So do these, and families of emoji."""


def readable(text: str) -> str:
    """Control characters and those of direction spelled out; line breaks and tabs as they are."""
    if text.isprintable():
        return text
    unified = text.replace("\r\n", "\n")
    return _JOINER.join(_around(piece) for piece in unified.split(_JOINER))


def _around(text: str) -> str:
    return _NON_JOINER.join(visible(piece) for piece in text.split(_NON_JOINER))
