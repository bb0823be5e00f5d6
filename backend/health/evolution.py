"""Checks of evolution's files: each is a snapshot, and as it was when it was indexed."""

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from backend.errors import UserError
from backend.evolution import folder as places
from backend.evolution import pins
from backend.evolution.replies import whole
from backend.evolution.snapshot import decoded
from backend.health.check import Check
from backend.paths import Home
from backend.store.store import Store

REBUILD = "`espalier doctor --rebuild` makes the index again from the files."


def evolution_checks(home: Home) -> Iterator[Check]:
    """One check for all snapshots that are whole, one more for each that is not."""
    try:
        indexed = _indexed(home)
    except (sqlite3.Error, UserError):
        return  # the check of the database has said so
    on_disk = {path for folder in places.runs(home.evolution) for path in places.steps(folder).values()}
    whole_ones = 0
    for path in sorted(on_disk | set(indexed)):
        if (fault := _fault(path, indexed.get(path))) is None:
            whole_ones += 1
        else:
            yield fault
    every = len(on_disk | set(indexed))
    yield from _endings(home)
    yield Check(name="evolution", ok=True, text=f"{whole_ones} of {every} snapshots verified")
    yield from _pins(home)


def _indexed(home: Home) -> dict[Path, str]:
    store = Store.open_for_reading(home)
    try:
        return {home.evolution / file.folder / file.name: file.sha256 for file in store.evolution.files()}
    finally:
        store.close()


def _fault(path: Path, sha256: str | None) -> Check | None:
    """A file that no row knows is taken in at the next start, where it is a snapshot."""
    name = f"snapshot {path.stem}"
    try:
        content = path.read_bytes() if sha256 is None else whole(path, sha256)
        decoded(content, path)
    except UserError as error:
        hint = error.hint if path.is_file() else f"{error.hint} Else: {REBUILD}"
        return Check(name=name, ok=False, text=error.message, hint=hint)
    except OSError as error:
        return Check(name=name, ok=False, text=f"{path} cannot be read ({error.strerror}).", hint="Mend its rights.")
    return None


def _endings(home: Home) -> Iterator[Check]:
    """What was written when runs ended."""
    with contextlib.closing(Store.open_for_reading(home)) as store:
        sums = {
            home.evolution / run.folder / name: sha256
            for run in store.evolution.all()
            for name, sha256 in store.evolution.endings(run.id).items()
        }
    for path, sha256 in sums.items():
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            hint = "Bring it back from a backup, or do without it: the snapshots themselves are checked apart."
            yield Check(name=f"evolution {path.name}", ok=False, text=f"{path} is missing or altered", hint=hint)


def _pins(home: Home) -> Iterator[Check]:
    try:
        count = len(pins.load(home.pins))
    except UserError as error:
        yield Check(name="pins", ok=False, text=error.message, hint=error.hint)
    else:
        if not pins.is_as_written(home.pins):
            text = f"{home.pins} is not as it was written"
            hint = "Look at it; pinning or unpinning an example writes it anew."
            yield Check(name="pins", ok=False, text=text, hint=hint)
        yield Check(name="pins", ok=True, text=f"{count} pinned examples")
