"""How long snapshots may take, by a clock that the test moves."""

import math

import msgspec
import pytest

from backend.domain.snapshot import Reason, Snapshot
from backend.evolution import folder as places
from backend.evolution.budget import Budget, Cost, Watch
from backend.paths import Home
from tests.makers.evolution_files import make_run


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def snapshots(home: Home) -> list[Snapshot]:
    """Of which each took 2 s; those of steps 10 and 25 lie between start and end."""
    return list(places.snapshots(make_run(home)))


def test_between_start_and_end_snapshots_share_their_percents_of_what_was_trained() -> None:
    budget = Budget(5.0)
    assert budget.seconds(Reason.SCHEDULE, 100.0, 1000.0) == 5.0
    budget.spend(Reason.SCHEDULE, 3.0)
    assert budget.seconds(Reason.SCHEDULE, 100.0, 1000.0) == 2.0
    assert budget.seconds(Reason.SCHEDULE, 200.0, 1000.0) == 7.0
    budget.spend(Reason.SCHEDULE, 30.0)
    assert budget.seconds(Reason.SCHEDULE, 200.0, 1000.0) == 0.0


def test_start_end_and_wishes_are_not_counted() -> None:
    budget = Budget(5.0)
    for reason in (Reason.START, Reason.END, Reason.REQUEST):
        budget.spend(reason, 1000.0)
    assert budget.seconds(Reason.SCHEDULE, 100.0, 1000.0) == 5.0


def test_what_was_spent_before_this_segment_is_read_from_the_files(home: Home) -> None:
    assert Budget(5.0, snapshots(home)).seconds(Reason.SCHEDULE, 100.0, 1000.0) == 1.0


def test_the_start_has_a_part_of_what_is_expected_and_the_end_of_what_was_trained() -> None:
    budget = Budget(5.0)
    assert budget.seconds(Reason.START, 0.0, 160.0) == 32.0
    assert budget.seconds(Reason.END, 200.0, 160.0) == 40.0
    assert budget.seconds(Reason.START, 0.0, 3.0) == budget.seconds(Reason.END, 3.0, 3.0) == 10.0


def test_a_budget_of_100_takes_everything_and_0_nothing_by_itself() -> None:
    assert all(Budget(100).seconds(reason, 1.0, 1.0) == math.inf for reason in Reason)
    assert Budget(100).guard_seconds(1.0) == math.inf
    nothing = Budget(0)
    assert [nothing.seconds(reason, 1e6, 1e6) for reason in Reason] == [0.0, 0.0, math.inf, 0.0]
    assert nothing.guard_seconds(1e6) == 0.0
    assert not nothing.takes_by_itself


def test_the_guard_has_a_time_of_its_own() -> None:
    budget = Budget(5.0)
    budget.spend(Reason.SCHEDULE, 1e6)
    assert (budget.guard_seconds(1000.0), budget.guard_seconds(20.0)) == (50.0, 10.0)


def test_a_watch_runs_down() -> None:
    clock = Clock()
    watch = Watch(5.0, clock)
    clock.now += 3.0
    assert (watch.passed, watch.left) == (3.0, 2.0)
    clock.now += 3.0
    assert watch.left == -1.0


def test_a_cost_forgets_its_guess_at_once_and_old_measurements_by_and_by() -> None:
    cost = Cost(0.5)
    assert cost.of(10) == 5.0
    cost.measure(100, 1.0)
    assert cost.of(100) == pytest.approx(1.0)
    cost.measure(100, 2.0)
    assert cost.of(100) == pytest.approx(2.5 / 1.5)
    cost.measure(0, 1.0)
    assert cost.of(100) == pytest.approx(2.5 / 1.5)


def test_the_files_time_is_what_a_snapshot_says_of_itself(home: Home) -> None:
    slow = [msgspec.structs.replace(one, loss_seconds=0.0, answer_seconds=4.0) for one in snapshots(home)]
    assert Budget(5.0, slow).seconds(Reason.SCHEDULE, 100.0, 1000.0) == 0.0
