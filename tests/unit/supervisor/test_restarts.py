"""Three restarts in ten minutes, counted per job."""

from backend.supervisor.restarts import Restarts


def test_fourth_within_the_window_is_refused() -> None:
    restarts = Restarts()
    assert [restarts.allow(1, now) for now in (0.0, 1.0, 2.0, 3.0)] == [True, True, True, False]


def test_old_ones_are_forgotten_and_another_job_begins_afresh() -> None:
    restarts = Restarts()
    assert all(restarts.allow(1, now) for now in (0.0, 300.0, 500.0, 601.0))
    assert not restarts.allow(1, 602.0)
    assert restarts.allow(2, 603.0)
