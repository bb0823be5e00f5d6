"""The audit trail as the queue answers it."""

import pytest

from backend.domain.entry import Entry
from backend.errors import WrongUse
from backend.protocol import host as p
from tests.fakes.queue_parts import Parts


def history(parts: Parts, job: int | None = None, last: int = 200) -> tuple[Entry, ...]:
    reply = parts.requests.answer(p.GetHistory(job=job, last=last))
    assert isinstance(reply, p.HistoryReply)
    return reply.entries


def test_newest_entries_come_oldest_first_of_one_job_or_of_all(parts: Parts) -> None:
    parts.queue("a", "b")
    parts.do(p.RemoveJobs(jobs=(1,)))
    parts.do(p.RestoreJobs(jobs=(1,)))
    assert [(entry.job, entry.what) for entry in history(parts)] == [
        (1, "queued"),
        (2, "queued"),
        (1, "removed"),
        (1, "restored"),
    ]
    assert [entry.what for entry in history(parts, job=1, last=2)] == ["removed", "restored"]
    assert all(entry.at for entry in history(parts))


def test_history_of_an_unknown_job_is_wrong_use(parts: Parts) -> None:
    with pytest.raises(WrongUse, match="no job 9"):
        history(parts, job=9)
