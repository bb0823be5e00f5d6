"""Rows of the queue."""

import functools
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.errors import WrongUse

COLUMNS = Job.__struct_fields__
STRIDE = 2**20
"""Distance between neighbours at the end of a level: room for twenty halvings before others must make way."""
BY_PLACE = "(state = 'skipped' or (state = 'queued' and started_at is null))"
"""Jobs whose turn is decided by level and position; a stopped one is next wherever it stands."""


class Jobs:
    """Reads and writes jobs; states are changed by `domain.job.advance` before they come here."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, job: Job) -> Job:
        """Store a new job; its id and its position at the end of its level are given here."""
        return self.add_all([job])[0]

    def add_all(self, jobs: Sequence[Job]) -> list[Job]:
        """Store new jobs, in the order given at the ends of their levels."""
        number = self._last_number()
        ends = {priority: self.last_position(priority) for priority in {job.priority for job in jobs}}
        added: list[Job] = []
        for job in jobs:
            number += 1
            ends[job.priority] += STRIDE
            added.append(msgspec.structs.replace(job, id=number, position=ends[job.priority]))
        marks = ", ".join(f":{name}" for name in COLUMNS)
        self._db.executemany(f"insert into jobs ({', '.join(COLUMNS)}) values ({marks})", map(_row, added))
        # A number that was told to somebody is given to no other file, not even after the database was lost. A trigger
        # would do this once for each of 100,000 rows.
        self._db.execute("insert or ignore into cards_due values ('numbers', 'all')")
        return added

    def put(self, job: Job) -> None:
        """Write a known job as it now is."""
        values = _row(job)
        changes = ", ".join(f"{name} = :{name}" for name in values if name != "id")
        self._db.execute(f"update jobs set {changes} where id = :id", values)

    def place(self, job: int, priority: Priority, position: int) -> None:
        """Give a known job another place."""
        self._db.execute("update jobs set priority = ?, position = ? where id = ?", (int(priority), position, job))

    def find(self, job: int) -> Job | None:
        row = self._db.execute("select * from jobs where id = ?", (job,)).fetchone()
        return None if row is None else _job(row)

    def get(self, job: int) -> Job:
        """Raises WrongUse when there is no such job."""
        found = self.find(job)
        if found is None:
            raise WrongUse(f"There is no job {job}.", "`espalier queue list` shows them all.")
        return found

    def exists(self, job: int) -> bool:
        return self._db.execute("select 1 from jobs where id = ?", (job,)).fetchone() is not None

    def holder(self) -> Job | None:
        """The job that is begun and holds the head: running, paused or interrupted."""
        row = self._db.execute(
            "select * from jobs where started_at is not null and state not in ('done', 'failed', 'removed')"
            " and state in ('running', 'paused', 'interrupted') order by id limit 1"
        ).fetchone()
        return None if row is None else _job(row)

    def stopped(self) -> Job | None:
        """The job that was stopped in the middle: next, whatever its level."""
        row = self._db.execute(
            "select * from jobs where started_at is not null and state not in ('done', 'failed', 'removed')"
            " and state = 'queued' order by id limit 1"
        ).fetchone()
        return None if row is None else _job(row)

    def first_waiting(self) -> Job | None:
        """The first by level and arrival of those that wait."""
        row = self._db.execute(
            "select * from jobs where state in ('queued', 'skipped') order by priority, position, id limit 1"
        ).fetchone()
        return None if row is None else _job(row)

    def first_by_place(self, most: int) -> list[Job]:
        """The first by level and position of those whose place decides."""
        rows = self._db.execute(
            f"select * from jobs where state in ('queued', 'skipped') and {BY_PLACE}"
            " order by priority, position, id limit ?",
            (most,),
        )
        return [_job(row) for row in rows]

    def begun(self) -> list[Job]:
        """Every job that is running, paused or interrupted; one, unless a program was killed at a bad moment."""
        rows = self._db.execute(
            "select * from jobs where started_at is not null and state not in ('done', 'failed', 'removed')"
            " and state in ('running', 'paused', 'interrupted') order by id"
        )
        return [_job(row) for row in rows]

    def live(self) -> list[Job]:
        """Every job that has not ended, in no particular order."""
        rows = self._db.execute("select * from jobs where state not in ('done', 'failed', 'removed', 'undone')")
        return [_job(row) for row in rows]

    def ended(self) -> list[Job]:
        """Done, failed and undone jobs, newest first; removed ones are gone from sight."""
        rows = self._db.execute(
            "select * from jobs where state in ('done', 'failed', 'undone') order by ended_at desc, id desc"
        )
        return [_job(row) for row in rows]

    def waiting_count(self) -> int:
        query = "select count(*) from jobs where state in ('queued', 'skipped')"
        return int(self._db.execute(query).fetchone()[0])

    def ahead_of(self, job: Job) -> int:
        """How many jobs train before this waiting one, which was not begun."""
        begun = self._db.execute(
            "select count(*) from jobs where started_at is not null and state not in ('done', 'failed', 'removed')"
            " and state in ('running', 'paused', 'interrupted', 'queued') and id != ?",
            (job.id,),
        ).fetchone()
        before = "state in ('queued', 'skipped') and (priority, position, id) < (?, ?, ?)"
        place = (int(job.priority), job.position, job.id)
        waiting = self._db.execute(f"select count(*) from jobs where {before}", place).fetchone()
        twice = self._db.execute(
            "select count(*) from jobs where started_at is not null and state not in ('done', 'failed', 'removed')"
            f" and state = 'queued' and {before}",
            place,
        ).fetchone()
        return int(begun[0]) + int(waiting[0]) - int(twice[0])

    def unfinished_with(self, datasets: Iterable[str]) -> dict[str, int]:
        """Of these contents those that a job holds which has not ended, with the first such job's number."""
        rows = self._db.execute(
            "select dataset, min(id) from jobs where dataset in (select value from json_each(?))"
            " and state not in ('done', 'failed', 'removed', 'undone') group by dataset",
            (msgspec.json.encode(list(datasets)).decode(),),
        )
        return {str(row[0]): int(row[1]) for row in rows}

    def twin_of(self, job: Job) -> int | None:
        """Another job that has not ended and holds the same content."""
        row = self._db.execute(
            "select min(id) from jobs where dataset = ? and id != ?"
            " and state not in ('done', 'failed', 'removed', 'undone')",
            (job.dataset, job.id),
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def trained_with(self, datasets: Iterable[str]) -> dict[str, int]:
        """Of these contents those that a job has trained to its end, with the newest such job's number."""
        rows = self._db.execute(
            "select dataset, max(id) from jobs where dataset in (select value from json_each(?))"
            " and state = 'done' group by dataset",
            (msgspec.json.encode(list(datasets)).decode(),),
        )
        return {str(row[0]): int(row[1]) for row in rows}

    def last_position(self, priority: Priority) -> int:
        """Largest of a level, ended and removed jobs counted too: whoever comes back finds its place free."""
        row = self._db.execute("select max(position) from jobs where priority = ?", (int(priority),)).fetchone()
        return int(row[0] or 0)

    def before(self, job: Job) -> Job | None:
        """The nearest job that waits by its place before this one in its level."""
        return self._beside(job, "<", "desc", ())

    def after(self, job: Job, without: Iterable[int] = ()) -> Job | None:
        """The nearest job that waits by its place after this one in its level."""
        return self._beside(job, ">", "asc", without)

    def edge(self, priority: Priority, without: Iterable[int], *, last: bool = False) -> Job | None:
        """The first or last job of a level that waits by its place."""
        left_out = set(without)
        way = "desc" if last else "asc"
        rows = self._db.execute(
            f"select * from jobs where state in ('queued', 'skipped') and priority = ? and {BY_PLACE}"
            f" order by position {way}, id {way}",
            (int(priority),),
        )
        return next((_job(row) for row in rows if row["id"] not in left_out), None)

    def places_around(self, job: Job, reach: int, without: Iterable[int]) -> tuple[list[Job], list[Job]]:
        """Jobs with a place before this one and from it on, nearest first, at most `reach` and one each.

        All that can come back to their places count, removed, undone and begun ones too.
        """
        left_out = set(without)
        found: list[list[Job]] = []
        for sign, way in (("<", "desc"), (">=", "asc")):
            rows = self._db.execute(
                f"select * from jobs where priority = ? and (position, id) {sign} (?, ?)"
                f" and state not in ('done', 'failed') order by position {way}, id {way} limit ?",
                (int(job.priority), job.position, job.id, reach + 1 + len(left_out)),
            )
            found.append([_job(row) for row in rows if row["id"] not in left_out][: reach + 1])
        return found[0], found[1]

    def token_budget(self, job: int) -> int:
        """Padded tokens per micro-batch that this job uses; 0 when it was never measured."""
        return int(self._db.execute("select token_budget from jobs where id = ?", (job,)).fetchone()[0])

    def put_token_budget(self, job: int, budget: int) -> None:
        self._db.execute("update jobs set token_budget = ? where id = ?", (budget, job))

    def _beside(self, job: Job, sign: str, way: str, without: Iterable[int]) -> Job | None:
        left_out = set(without)
        rows = self._db.execute(
            "select * from jobs indexed by jobs_waiting where state in ('queued', 'skipped') and priority = ?"
            f" and (position, id) {sign} (?, ?) and {BY_PLACE} order by position {way}, id {way}",
            (int(job.priority), job.position, job.id),
        )
        return next((_job(row) for row in rows if row["id"] not in left_out), None)

    def _last_number(self) -> int:
        """The highest that was ever given: SQLite keeps it for autoincrement."""
        row = self._db.execute("select seq from sqlite_sequence where name = 'jobs'").fetchone()
        return 0 if row is None else int(row[0])


@functools.lru_cache(maxsize=256)
def _settings(text: str) -> JobSettings:
    """Most jobs of a long queue froze the same."""
    return msgspec.json.decode(text, type=JobSettings)


def _row(job: Job) -> dict[str, Any]:
    values = {name: getattr(job, name) for name in COLUMNS}
    values["settings"] = msgspec.json.encode(job.settings).decode()
    values["priority"] = int(job.priority)
    values["state"] = str(job.state)
    values["removed_from"] = None if job.removed_from is None else str(job.removed_from)
    return values


def _job(row: sqlite3.Row) -> Job:
    values = {name: row[name] for name in COLUMNS}
    values["settings"] = _settings(row["settings"])
    values["priority"] = Priority(row["priority"])
    values["state"] = JobState(row["state"])
    values["removed_from"] = None if row["removed_from"] is None else JobState(row["removed_from"])
    return Job(**values)
