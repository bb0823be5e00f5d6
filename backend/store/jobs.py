"""Rows of the queue."""

import sqlite3
from typing import Any

import msgspec

from backend.domain.job import HOLDING, Job, JobSettings, JobState, Priority
from backend.errors import WrongUse

COLUMNS = Job.__struct_fields__


class Jobs:
    """Reads and writes jobs; states are changed by `domain.job.advance` before they come here."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, job: Job) -> Job:
        """Store a new job; its id and its position at the end of its level are given here."""
        job = msgspec.structs.replace(job, position=self.last_position(job.priority) + 1)
        values = _row(job)
        del values["id"]
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        cursor = self._db.execute(f"insert into jobs ({names}) values ({marks})", values)
        assert cursor.lastrowid is not None
        return msgspec.structs.replace(job, id=cursor.lastrowid)

    def put(self, job: Job) -> None:
        """Write a known job as it now is."""
        values = _row(job)
        changes = ", ".join(f"{name} = :{name}" for name in values if name != "id")
        self._db.execute(f"update jobs set {changes} where id = :id", values)

    def get(self, job: int) -> Job:
        """Raises WrongUse when there is no such job."""
        row = self._db.execute("select * from jobs where id = ?", (job,)).fetchone()
        if row is None:
            raise WrongUse(f"There is no job {job}.", "`espalier queue list` shows them all.")
        return _job(row)

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
            "select * from jobs where state in ('queued', 'skipped') order by priority, position limit 1"
        ).fetchone()
        return None if row is None else _job(row)

    def live(self) -> list[Job]:
        """Every job that has not ended, in no particular order."""
        rows = self._db.execute("select * from jobs where state not in ('done', 'failed', 'removed')")
        return [_job(row) for row in rows]

    def ended(self) -> list[Job]:
        """Done and failed jobs, newest first; removed ones are gone from sight."""
        rows = self._db.execute("select * from jobs where state in ('done', 'failed') order by ended_at desc, id desc")
        return [_job(row) for row in rows]

    def waiting_count(self) -> int:
        query = "select count(*) from jobs where state in ('queued', 'skipped')"
        return int(self._db.execute(query).fetchone()[0])

    def ahead_of(self, job: Job) -> int:
        """How many jobs train before this waiting one."""
        holds = ", ".join(f"'{state}'" for state in sorted(HOLDING))
        query = (
            f"select count(*) from jobs where state in ({holds}) or (state in ('queued', 'skipped') and id != :id"
            " and (priority < :priority or (priority = :priority and position < :position)"
            " or (state = 'queued' and started_at is not null)))"
        )
        values = {"id": job.id, "priority": int(job.priority), "position": job.position}
        return int(self._db.execute(query, values).fetchone()[0])

    def unfinished_with(self, dataset: str) -> Job | None:
        """A job that has not ended and holds the same content."""
        row = self._db.execute(
            "select * from jobs where dataset = ? and state not in ('done', 'failed', 'removed') order by id limit 1",
            (dataset,),
        ).fetchone()
        return None if row is None else _job(row)

    def last_position(self, priority: Priority) -> int:
        row = self._db.execute("select max(position) from jobs where priority = ?", (int(priority),)).fetchone()
        return int(row[0] or 0)

    def token_budget(self, job: int) -> int:
        """Padded tokens per micro-batch that this job uses; 0 when it was never measured."""
        return int(self._db.execute("select token_budget from jobs where id = ?", (job,)).fetchone()[0])

    def put_token_budget(self, job: int, budget: int) -> None:
        self._db.execute("update jobs set token_budget = ? where id = ?", (budget, job))


def _row(job: Job) -> dict[str, Any]:
    values = {name: getattr(job, name) for name in COLUMNS}
    values["settings"] = msgspec.json.encode(job.settings).decode()
    values["priority"] = int(job.priority)
    values["state"] = str(job.state)
    return values


def _job(row: sqlite3.Row) -> Job:
    values = {name: row[name] for name in COLUMNS}
    values["settings"] = msgspec.json.decode(row["settings"], type=JobSettings)
    values["priority"] = Priority(row["priority"])
    values["state"] = JobState(row["state"])
    return Job(**values)
