"""One file with the licence of everything in the bundle. A build that holds a work without a licence text fails."""

from collections.abc import Sequence
from pathlib import Path

from bootstrap.places import Places
from bootstrap.problem import Problem

from installer.works import Work

NAME = "LICENSES.txt"
RULE = "=" * 100
PREFACE = """\
The licences of everything in this folder

Espalier itself is under the Apache License 2.0, given first. It comes with the works of others, each under the licence
that follows it below. A text that several share is given once, at the first of them.

Qt and PySide6 are used under the GNU Lesser General Public License, version 3. They lie in _internal as separate shared
libraries (PySide6/ and libQt6*) and may be replaced: put another build of the same version in their place, under the
same names. Their sources are published by The Qt Company, as Qt and "Qt for Python", under the version named below.
"""


def write(places: Places, works: Sequence[Work], target: Path) -> None:
    """Write the file.

    Raises:
        Problem: a work has no licence text.
    """
    silent = [work.title for work in works if not work.texts]
    if silent:
        raise Problem(
            f"No licence text was found for: {', '.join(silent)}.",
            f"Put it into {places.licences} and name it in TEXTS_FOR of packaging/installer/works.py.",
        )
    own = Work("Espalier", "", "Apache-2.0", ((places.root / "LICENSE").read_text(encoding="utf-8").strip(),))
    target.write_text(told([own, *works]), encoding="utf-8")


def told(works: Sequence[Work]) -> str:
    """The file's text: a list of all works, then each with its texts."""
    width = max(len(work.title) for work in works)
    parts = [PREFACE, *(f"  {work.title:{width}}  {work.licence or 'see below'}" for work in works)]
    first_at: dict[str, str] = {}
    for work in works:
        parts += ["", RULE, f"{work.title}: {work.licence or 'see below'}", RULE]
        for text in work.texts:
            given = first_at.setdefault(text, work.title)
            parts += ["", text if given == work.title else f"The same text as of {given}."]
    return "\n".join(parts) + "\n"
