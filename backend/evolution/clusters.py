"""Characters as people count them: what is drawn as one sign is never taken apart."""

import unicodedata

_JOINER = "\u200d"
_MARKS = frozenset({"Mn", "Mc", "Me"})
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def clusters(text: str) -> list[str]:
    """The text in pieces, each with its accents, joined pictures, a flag's second letter (nearly Unicode's TR 29)."""
    found: list[str] = []
    for character in text:
        if found and _belongs(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _belongs(before: str, character: str) -> bool:
    if before == "\r":
        return character == "\n"
    if ord(character) in _FLAG_LETTERS:
        return len(before) == 1 and ord(before) in _FLAG_LETTERS
    return (
        character == _JOINER
        or before.endswith(_JOINER)
        or unicodedata.category(character) in _MARKS
        or ord(character) in _SKIN_TONES
    )
