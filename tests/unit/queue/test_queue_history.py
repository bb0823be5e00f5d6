"""The audit trail as the queue answers it."""

import pytest

from backend.domain.entry import Entry
from backend.errors import WrongUse
from backend.protocol import host as p
from tests.fakes.queue_parts import Parts


def history(
    parts: Parts, job: int | None = None, last: int = 200, after: int = 0, before: int | None = None
) -> tuple[Entry, ...]:
    reply = parts.requests.answer(p.GetHistory(job=job, last=last, after=after, before=before))
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


def test_entries_name_their_file_a_removed_one_too(parts: Parts) -> None:
    parts.queue("a")
    parts.do(p.RemoveJobs(jobs=(1,)))
    parts.store.journal.add("pause", None, "lunch")
    assert [(entry.what, entry.name) for entry in history(parts)] == [("queued", "a"), ("removed", "a"), ("pause", "")]


def test_a_reader_asks_for_what_is_newer_or_older_than_what_it_has(parts: Parts) -> None:
    parts.queue("a", "b", "c", "d")
    ids = [entry.id for entry in history(parts)]
    assert ids == sorted(set(ids))
    assert [entry.id for entry in history(parts, after=ids[1])] == ids[2:]
    assert [entry.id for entry in history(parts, before=ids[2], last=1)] == [ids[1]]
    assert history(parts, job=1, after=ids[0]) == ()
    assert history(parts, after=ids[3]) == ()
