"""How near an answer comes to the expected one."""

import unicodedata

from rapidfuzz.distance import Indel


def normalised(text: str) -> str:
    """One Unicode form, no difference of case, runs of white space as one space, no white space or full stop around."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(" .")


def matches(answer: str, expected: str) -> bool:
    """Whether both say the same apart from what `normalised` takes away."""
    return normalised(answer) == normalised(expected)


def similarity(answer: str, expected: str) -> float:
    """From 0 (nothing in common) to 1 (equal), by insertions and deletions of characters (rapidfuzz, Indel)."""
    return Indel.normalized_similarity(answer, expected)
