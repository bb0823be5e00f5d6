"""The difference between an answer and the expected one, marked for people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backend.datasets.visible import visible
from backend.evolution.difference import MOST_WORDS, Change, difference

if TYPE_CHECKING:
    from rich.text import Text

_MARKS = {Change.SAME: "", Change.NOT_COMPARED: "", Change.ADDED: "+", Change.MISSING: "-"}
_STYLES = {"": "", "+": "bold red", "-": "bold green"}


def parts(answer: str, expected: str) -> Iterator[tuple[str, str]]:
    """Pieces in order, each with its mark: "" stands in both, "+" only in the answer, "-" only in the expected text."""
    for part in difference(expected, answer).parts:
        yield _MARKS[part.change], part.text


def marked(answer: str, expected: str) -> "Text":
    """In colours and brackets, so that it reads without colours too: [+too much+] and [-missing-]."""
    from rich.text import Text

    found = difference(expected, answer)
    text = Text()
    for part in found.parts:
        mark, shown = _MARKS[part.change], visible(part.text)
        text.append(f"[{mark}{shown}{mark}]" if mark else shown, _STYLES[mark])
    if not found.whole:
        text.append(f"\nOnly the first {MOST_WORDS // 2:,} words are compared.", "dim")
    return text
