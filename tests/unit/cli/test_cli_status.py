"""What `status` says of a pause."""

import pytest

from backend.cli.status import lines_of
from backend.clock import utc_in
from backend.domain.status import HostState, Status


def memory(status: Status) -> str | None:
    return dict(lines_of(status)).get("memory")


@pytest.mark.parametrize(("seconds", "expected"), [(7170, "freed in 1 h 59 min"), (-5, "freed in 0 s")])
def test_a_pause_says_when_its_memory_will_be_free(seconds: float, expected: str) -> None:
    assert memory(Status(state=HostState.PAUSED, release_at=utc_in(seconds), heartbeat="now")) == expected


def test_a_pause_whose_engine_has_left_says_that_it_is() -> None:
    assert memory(Status(state=HostState.PAUSED, engine_released=True, heartbeat="now")) == "free"


def test_a_training_says_nothing_of_it() -> None:
    assert memory(Status(state=HostState.TRAINING, heartbeat="now")) is None
