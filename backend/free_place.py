"""A name that nothing bears yet, so that a move never overwrites."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path

LONGEST = 255
"""Bytes of a file's name."""


def free_place(folder: Path, name: str, most: int = LONGEST, fits: Callable[[Path], bool] | None = None) -> Path:
    """A path in `folder` under this name, or one close to it: rows.jsonl, rows-2.jsonl, rows-3.jsonl.

    Args:
        most: bytes that the name may have; longer ones are cut before their suffix.
        fits: what else must hold of the path.
    """
    names = (_numbered(name, number, most) for number in itertools.count(1))
    places = (folder / each for each in names)
    return next(each for each in places if not os.path.lexists(each) and (fits is None or fits(each)))


def _numbered(name: str, number: int, most: int) -> str:
    path = Path(name)
    ending = f"-{number}" if number > 1 else ""
    stem, end = (path.stem, ending + path.suffix) if len(os.fsencode(path.suffix)) < most // 2 else (name, ending)
    while len(os.fsencode(stem + end)) > most:
        stem = stem[:-1]
    return stem + end
