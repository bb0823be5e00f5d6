"""Checks a home from outside: it imports nothing of the application, reads nothing but what lies on disk, and trusts
neither (the invariants are those of safety.md). `python tests/faults/verifier.py HOME` prints what is wrong.
"""

import contextlib
import json
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that it runs as a program of its own, too

from tests.faults.artefact import damage, hash_of, leads_to
from tests.faults.safekeeping import Safekeeping

HOLDING = ("running", "paused", "interrupted")
WAITING = ("queued", "skipped")
TEMPORARY = (".staging-*", "*.tmp")


@dataclass(frozen=True)
class Promises:
    """What was told to a user before the fault, and must therefore still hold."""

    acknowledged: tuple[tuple[int, str], ...] = ()
    """Number of the job and SHA-256 of its file, of each file that was said to be queued."""
    announced: tuple[tuple[int, int], ...] = ()
    """Number of the job and step, of each checkpoint that was told of and not undone since."""


def faults(home: Path, promises: Promises | None = None, *, hosted: bool = False) -> list[str]:
    """Everything that is wrong with a home after recovery, each with the invariant that it breaks.

    Args:
        hosted: a host runs on it, so that a job may be running and its segment open.
    """
    with database(home) as db:
        return [*Checks(home, db, hosted).all(promises or Promises()), *Safekeeping(home, db, hosted).all()]


class Checks:
    """One method an invariant."""

    def __init__(self, home: Path, db: sqlite3.Connection, hosted: bool) -> None:
        self._home = home
        self._hosted = hosted
        self._db = db
        self._jobs = {int(row["id"]): row for row in db.execute("select * from jobs order by id")}

    def all(self, promises: Promises) -> Iterator[str]:
        yield from self._database_is_whole()
        yield from self._files_are_kept(promises.acknowledged)
        yield from self._steps_are_kept(promises.announced)
        yield from self._head_stands()
        yield from self._checkpoints_agree()
        yield from self._segments_agree()
        yield from self._queue_is_in_order()
        yield from self._nothing_is_left_over()

    def _database_is_whole(self) -> Iterator[str]:
        for row in self._db.execute("pragma integrity_check"):
            if row[0] != "ok":
                yield f"I6 the database is damaged: {row[0]}"
        for row in self._db.execute("pragma foreign_key_check"):
            yield f"I6 a row of {row[0]} refers to a row of {row[2]} that is not there"

    def _files_are_kept(self, acknowledged: Iterable[tuple[int, str]]) -> Iterator[str]:
        """I1: one row a file that was said to be queued, and the bytes that it had."""
        seen = Counter(number for number, _ in acknowledged)
        for number, sha256 in acknowledged:
            job = self._jobs.get(number)
            if seen[number] != 1:
                yield f"I1 job {number} was given to {seen[number]} files"
            elif job is None:
                yield f"I1 job {number} was acknowledged and is not there"
            elif job["dataset"] != sha256:
                yield f"I1 job {number} trains {job['dataset']}, not {sha256}"
        for row in self._db.execute("select distinct dataset from jobs"):
            stored = self._home / "datasets" / f"{row[0]}.jsonl"
            if not stored.is_file():
                yield f"I1 {stored.name} is not stored"
            elif hash_of(stored) != row[0]:
                yield f"I1 {stored.name} holds other bytes"

    def _steps_are_kept(self, announced: Iterable[tuple[int, int]]) -> Iterator[str]:
        """I2: a step that was told of as saved is never trained again."""
        furthest: dict[int, int] = {}
        for number, step in announced:
            furthest[number] = max(step, furthest.get(number, 0))
        for number, step in furthest.items():
            found = int(self._jobs[number]["step"]) if number in self._jobs else -1
            if found < step:
                yield f"I2 job {number} stands at step {found}, though step {step} was announced as saved"

    def _head_stands(self) -> Iterator[str]:
        """I4: the head is on a whole checkpoint, and what programs see is that one."""
        row = self._db.execute("select * from head").fetchone()
        point = row and row["checkpoint"]
        shown = self._shown_in_head_json()
        if point is None:
            if shown is not None:
                yield f"I4 head.json shows checkpoint {shown}, and the head has none"
            if (self._home / "current_model").is_symlink():
                yield "I4 current_model shows an adapter, and the head has none"
            return
        stored = self._db.execute("select * from checkpoints where id = ?", (point,)).fetchone()
        if stored is None or stored["state"] != "whole":
            yield f"I4 the head stands on checkpoint {point}, which is {stored['state'] if stored else 'unknown'}"
            return
        if shown != point:
            yield f"I4 head.json shows checkpoint {shown}, the head stands on {point}"
        if (found := self._shown_as_current()) != stored["path"]:
            yield f"I4 current_model shows {found}, the head stands on {stored['path']}"

    def _shown_in_head_json(self) -> int | None:
        try:
            head = json.loads((self._home / "head.json").read_bytes())["head"]
        except (OSError, ValueError, KeyError):
            return -1
        checkpoint: dict[str, Any] | None = head.get("checkpoint")
        return None if checkpoint is None else int(checkpoint["id"])

    def _shown_as_current(self) -> str:
        """A link, or a folder with the path in a file where links do not exist."""
        place = leads_to(self._home / "current_model")
        return "nothing" if place is None else place.relative_to(self._home).as_posix()

    def _checkpoints_agree(self) -> Iterator[str]:
        """I4 and I6: every row that counts has its folder, byte for byte, and every folder has its row."""
        known = {}
        for row in self._db.execute("select * from checkpoints"):
            folder = self._home / row["path"]
            known[folder] = row["state"]
            if row["state"] == "gone" and folder.exists():
                yield f"I6 checkpoint {row['id']} is gone, and its folder is there"
            elif row["state"] == "whole":
                yield from (f"I4 checkpoint {row['id']}: {fault}" for fault in damage(folder, row["sums_sha256"]))
        for folder in sorted((self._home / "runs").glob("*/checkpoints/*")):
            if folder not in known and not folder.name.startswith("."):
                yield f"I6 {folder.relative_to(self._home)} is known to nobody"

    def _segments_agree(self) -> Iterator[str]:
        """I6: only a job in training has an open segment, and only its last one."""
        last = dict(self._db.execute("select job, max(number) from segments group by job").fetchall())
        for row in self._db.execute("select * from segments where ended_at is null"):
            job = self._jobs[row["job"]]
            in_hand = self._hosted and job["state"] in ("running", "paused")
            if not in_hand or row["number"] != last[row["job"]]:
                yield f"I6 segment {row['number']} of job {row['job']}, which is {job['state']}, never ended"

    def _queue_is_in_order(self) -> Iterator[str]:
        """I6: one job at most is begun, and no two stand at one place."""
        begun = [number for number, job in self._jobs.items() if job["state"] in HOLDING]
        if len(begun) > 1:
            yield f"I6 jobs {begun} are begun at once"
        for number, job in self._jobs.items():
            if job["state"] == "running" and not self._hosted:
                yield f"I6 job {number} is running, and no host is there"
            if job["state"] == "skipped" and job["priority"] != 2 and not self._was_moved(number):
                yield f"I6 job {number} was skipped and is not in the low level"
        places = Counter((job["priority"], job["position"]) for job in self._jobs.values() if job["state"] in WAITING)
        for (level, position), count in places.items():
            if count > 1:
                yield f"I6 {count} jobs stand at place {position} of level {level}"

    def _was_moved(self, job: int) -> bool:
        """Whether a user moved it since it was skipped."""
        row = self._db.execute(
            "select 1 from events where job = ? and what = 'moved' and id >"
            " (select coalesce(max(id), 0) from events where job = ? and what = 'skipped')",
            (job, job),
        ).fetchone()
        return row is not None

    def _nothing_is_left_over(self) -> Iterator[str]:
        """I6: no write is under way, so that nothing with a temporary name is left of one."""
        for pattern in TEMPORARY:
            for path in sorted(self._home.rglob(pattern)):
                if (self._home / "trash") not in path.parents:
                    yield f"I6 {path.relative_to(self._home)} was left over"


@contextlib.contextmanager
def database(home: Path) -> Iterator[sqlite3.Connection]:
    """A copy with its journal or write-ahead log, so that reading what a killed host left changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for path in home.glob("espalier.db*"):
            shutil.copyfile(path, Path(folder) / path.name)
        with contextlib.closing(sqlite3.connect(Path(folder) / "espalier.db", isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            yield db


def main() -> int:
    found = faults(Path(sys.argv[1]))
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
