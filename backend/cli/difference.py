"""The difference between an answer and the expected one, marked for people."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel

from backend.datasets.visible import visible

if TYPE_CHECKING:
    from rich.text import Text

WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+\s*|\s+")
"""A word with the white space behind it; Chinese and Japanese have none, so each of their characters is one."""
LONGEST = 5_000
"""Longer texts, in words, are not compared; that would take longer than reading."""
STYLES = {"": "", "+": "bold red", "-": "bold green"}


def parts(answer: str, expected: str) -> Iterator[tuple[str, str]]:
    """Pieces in order, each with its mark: "" stands in both, "+" only in the answer, "-" only in the expected text."""
    given, wanted = WORDS.findall(answer), WORDS.findall(expected)
    if answer == expected or max(len(given), len(wanted)) > LONGEST:
        yield "", answer
        return
    for change in Indel.opcodes(given, wanted):
        if change.tag == "insert":
            yield "-", "".join(wanted[change.dest_start : change.dest_end])
        else:
            yield "+" if change.tag == "delete" else "", "".join(given[change.src_start : change.src_end])


def marked(answer: str, expected: str) -> "Text":
    """In colours and brackets, so that it reads without colours too: [+too much+] and [-missing-]."""
    from rich.text import Text

    text = Text()
    for mark, piece in parts(answer, expected):
        shown = visible(piece)
        text.append(f"[{mark}{shown}{mark}]" if mark else shown, STYLES[mark])
    return text
