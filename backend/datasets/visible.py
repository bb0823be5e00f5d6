"""Text from files as it can be shown: signs that hide, reorder or command anything are spelled out."""

import unicodedata
from collections.abc import Iterator

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Control, format (bidirectional and zero-width ones among them), surrogate, private, line and paragraph separators."""
_PLAIN = frozenset("\n\t")
_NAMES = {0: "NUL", 7: "BEL", 8: "BS", 11: "VT", 12: "FF", 13: "CR", 27: "ESC", 127: "DEL"}
"""Of the controls that turn up; their pictures are missing from many fonts."""


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """Pieces of the text in order; True with those that stand for a sign that could not be seen."""
    begun = 0
    for place, sign in enumerate(text):
        if sign.isprintable() or sign in _PLAIN or unicodedata.category(sign) not in _HIDDEN:
            continue
        if begun < place:
            yield text[begun:place], False
        yield _spelled(sign), True
        begun = place + 1
    if begun < len(text):
        yield text[begun:], False


def visible(text: str) -> str:
    """The whole text with such signs spelled out."""
    return text if text.isprintable() else "".join(piece for piece, _ in parts(text))


def _spelled(sign: str) -> str:
    code = ord(sign)
    return f"⟨{_NAMES.get(code, f'U+{code:04X}')}⟩"
