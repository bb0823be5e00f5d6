"""Settings of a waiting job: text as in the settings, refused with what is allowed, fixed once it has begun."""

import msgspec
import pytest

from backend.domain.job import JobSettings, JobState, Schedule
from backend.errors import WrongUse
from backend.protocol import host as p
from tests.fakes.queue_parts import Parts


def test_waiting_job_takes_new_settings_and_the_change_is_kept(parts: Parts) -> None:
    [job] = parts.queue("a")
    parts.told()
    changes = {"epochs": "3", "schedule": "cosine", "cut_long_rows": "yes", "learning_rate": "1e-4"}
    text = parts.do(p.EditJob(job=job.id, changes=changes))
    frozen = parts.store.jobs.get(job.id).settings
    assert (frozen.epochs, frozen.schedule, frozen.cut_long_rows) == (3, Schedule.COSINE, True)
    assert frozen.learning_rate == pytest.approx(1e-4)
    assert "epochs = 3" in text
    assert parts.told() == [parts.store.jobs.get(job.id)]
    assert parts.trail(job)[-1][0] == "edited"
    assert "epochs 1 → 3" in parts.trail(job)[-1][1]


def test_unknown_name_is_refused_with_the_names_that_are_known(parts: Parts) -> None:
    [job] = parts.queue("a")
    with pytest.raises(WrongUse, match="no setting named epoch") as caught:
        parts.do(p.EditJob(job=job.id, changes={"seed": "5", "epoch": "3"}))
    assert all(name in caught.value.hint for name in JobSettings.__struct_fields__)
    assert parts.store.jobs.get(job.id) == job


@pytest.mark.parametrize(
    ("name", "text"), [("epochs", "0"), ("epochs", "many"), ("schedule", "bumpy"), ("dropout", "1")]
)
def test_value_that_does_not_fit_is_refused_and_nothing_of_the_request_is_done(
    parts: Parts, name: str, text: str
) -> None:
    [job] = parts.queue("a")
    with pytest.raises(WrongUse, match=f"does not fit {name}"):
        parts.do(p.EditJob(job=job.id, changes={"seed": "5", name: text}))
    assert parts.store.jobs.get(job.id) == job


def test_job_that_has_begun_or_ended_keeps_its_settings(parts: Parts) -> None:
    jobs = parts.queue("a", "b", "c")
    parts.become(jobs[0], JobState.RUNNING, started_at="then")
    parts.become(jobs[1], JobState.RUNNING, JobState.SKIPPED, started_at="then", step=2)
    parts.become(jobs[2], JobState.FAILED)
    for job, why in zip(jobs, ("running", "begun", "failed"), strict=True):
        with pytest.raises(WrongUse, match=why):
            parts.do(p.EditJob(job=job.id, changes={"epochs": "2"}))


def test_same_value_again_changes_nothing(parts: Parts) -> None:
    [job] = parts.queue("a")
    parts.told()
    parts.do(p.EditJob(job=job.id, changes={"epochs": str(job.settings.epochs)}))
    assert parts.told() == []
    assert msgspec.structs.asdict(parts.store.jobs.get(job.id)) == msgspec.structs.asdict(job)
