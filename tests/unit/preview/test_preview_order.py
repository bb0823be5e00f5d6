"""What a preview looks at: a file with the home's settings, or a job's stored copy with those it froze."""

from pathlib import Path

import msgspec
import pytest

from backend import settings
from backend.clock import today
from backend.domain.job import Job, JobSettings, JobState, Priority
from backend.paths import Home
from backend.preview.order import order_for
from tests.fakes.hosting import give_base

FROZEN = JobSettings(max_length=99, template_date="2001-02-03")
JOB = Job(
    id=3, dataset="ab" * 32, name="a.jsonl", priority=Priority.LOW, position=1, state=JobState.DONE, settings=FROZEN
)


def test_a_file_is_looked_at_with_the_settings_of_the_home_and_the_base_of_the_head(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    give_base(home)
    settings.put(home, "job.max_length", "77")
    monkeypatch.chdir(tmp_path)
    order = order_for(home, Path("some/b\u202e.jsonl"))
    assert (order.path, order.name, order.sha256) == (bytes(tmp_path / "some/b\u202e.jsonl"), "b.jsonl", "")
    assert order.settings == JobSettings(max_length=77, template_date=today())
    assert order.base is not None
    assert order.base.slug == "tiny"


def test_a_job_is_looked_at_as_it_was_frozen(home: Home) -> None:
    settings.put(home, "job.max_length", "77")
    order = order_for(home, JOB, rows=4)
    assert (order.path, order.name, order.sha256) == (bytes(home.dataset(JOB.dataset)), "a.jsonl", JOB.dataset)
    assert (order.settings, order.base, order.rows) == (FROZEN, None, 4)


def test_other_settings_can_be_tried(home: Home) -> None:
    other = msgspec.structs.replace(FROZEN, cut_long_rows=True)
    assert order_for(home, JOB, other).settings == other


def test_a_home_that_was_never_used_has_no_base(tmp_path: Path) -> None:
    nowhere = Home(tmp_path / "nowhere")
    assert order_for(nowhere, tmp_path / "a.jsonl").base is None
    assert not nowhere.root.exists()
