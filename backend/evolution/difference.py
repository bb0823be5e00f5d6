"""Where two texts differ: what is missing and what is additional, word by word, and within words that are alike."""

import enum
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

from backend.evolution.clusters import clusters

MOST_WORDS = 4000
"""Words and spaces of each text that are compared; the work grows with their product (4 ms for these)."""
_MOST_CHARACTERS = 300
_MOST_UNSPACED = 4000
"""Chinese and Japanese have no spaces: a whole answer is one word there."""
_RARE = 20
"""A text with fewer spaces than one in so many characters is written without them."""
_ALIKE = 0.6
"""From this similarity on a word that was replaced by another one is compared character by character."""
_ANCHOR = 20
"""Characters in common that are no accident."""
_PIECES = re.compile(r"\s+|\S+")


class Change(enum.StrEnum):
    """What became of a piece on the way from the first text to the second."""

    SAME = "same"
    MISSING = "missing"
    """Only in the first one."""
    ADDED = "added"
    """Only in the second one."""
    NOT_COMPARED = "not-compared"
    """The rest of the second one, where the texts are too long."""


class Part(NamedTuple):
    """A stretch of text."""

    change: Change
    text: str


class Difference(NamedTuple):
    """Both texts in one row: without the added parts it is the first one, without the missing ones the second."""

    parts: tuple[Part, ...]
    whole: bool
    """False where only the beginning of the texts was compared."""

    @property
    def equal(self) -> bool:
        return all(part.change is Change.SAME for part in self.parts)


def difference(before: str, after: str) -> Difference:
    """From `before` to `after`, for example from the expected answer to the model's."""
    if before == after:
        return Difference((Part(Change.SAME, after),) if after else (), True)
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    parts = list(_joined(_compared(old[:MOST_WORDS], new[:MOST_WORDS])))
    if max(len(old), len(new)) <= MOST_WORDS:
        return Difference(tuple(parts), True)
    settled = _settled(parts)
    rest = _second(parts[settled:]) + "".join(new[MOST_WORDS:])
    compared = tuple(parts[:settled])
    return Difference((*compared, Part(Change.NOT_COMPARED, rest)) if rest else compared, False)


def _settled(parts: Sequence[Part]) -> int:
    """How many parts say something: behind the last anchor they may differ only because the cut fell there.

    Where the anchor is further away than half of the text, it is the texts that differ, not the cut."""
    anchors = (place for place, part in enumerate(parts, 1) if _is_anchor(part))
    last = max(anchors, default=0)
    is_near = 2 * len(_second(parts[last:])) <= len(_second(parts))
    return last if last and is_near else len(parts)


def _is_anchor(part: Part) -> bool:
    return part.change is Change.SAME and len(part.text) >= _ANCHOR


def _second(parts: Iterable[Part]) -> str:
    """What they hold of the second text."""
    return "".join(part.text for part in parts if part.change is not Change.MISSING)


class _Run(NamedTuple):
    """What was replaced, by what, and what stayed behind it."""

    gone: list[str]
    come: list[str]
    stayed: list[str]


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[_Run]:
    gone: list[str] = []
    come: list[str] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            yield _Run(gone, come, list(old[step.src_start : step.src_end]))
            gone, come = [], []
        else:
            gone += old[step.src_start : step.src_end]
            come += new[step.dest_start : step.dest_end]
    yield _Run(gone, come, [])


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    """White space between two changes belongs to them: one change reads better than two."""
    gone = come = space = ""
    for run in _runs(old, new):
        if space and not run.gone and not run.come:  # the end: nothing behind the space changed
            break
        gone, come, space = gone + space + "".join(run.gone), come + space + "".join(run.come), ""
        stayed = "".join(run.stayed)
        if (gone or come) and stayed.isspace():
            space = stayed
            continue
        yield from _replaced(gone, come)
        yield Part(Change.SAME, stayed)
        gone = come = ""
    yield from _replaced(gone, come)
    yield Part(Change.SAME, space)


def _replaced(gone: str, come: str) -> Iterator[Part]:
    """Character by character where both are short, or written without spaces, and alike."""
    if max(len(gone), len(come)) <= (_MOST_UNSPACED if _is_unspaced(gone + come) else _MOST_CHARACTERS):
        old, new = clusters(gone), clusters(come)
        if Indel.normalized_similarity(old, new) >= _ALIKE:
            for run in _runs(old, new):
                yield Part(Change.MISSING, "".join(run.gone))
                yield Part(Change.ADDED, "".join(run.come))
                yield Part(Change.SAME, "".join(run.stayed))
            return
    yield Part(Change.MISSING, gone)
    yield Part(Change.ADDED, come)


def _is_unspaced(text: str) -> bool:
    return sum(map(str.isspace, text)) * _RARE < len(text)


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Without empty parts, and neighbours of one kind as one."""
    held: Part | None = None
    for part in parts:
        if not part.text:
            continue
        if held is None or held.change is not part.change:
            if held is not None:
                yield held
            held = part
        else:
            held = Part(part.change, held.text + part.text)
    if held is not None:
        yield held
