"""A run stopped after any step and resumed elsewhere gives the bytes and the ledger of an uninterrupted one."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.domain.head import Base
from backend.paths import Home
from backend.protocol.engine import Outcome, Pause, Paused, Resume, Save, Skip, Started, Stop
from tests.drivers.segments import Job, adapter_bytes

STEPS = 8
Settings = dict[str, Any]
KINDS: list[Settings] = [{}, {"dropout": 0.2, "schedule": "cosine", "warmup": 0.3, "weight_decay": 0.1}]


@pytest.fixture(params=KINDS, ids=["plain", "dropout"])
def job(
    request: pytest.FixtureRequest, tmp_path: Any, tiny_base: Base, sample_rows: Callable[[int], Any]
) -> Callable[[str], Job]:
    """Makes the same job in a home of its own."""

    def made(name: str) -> Job:
        home = Home(tmp_path / name)
        home.create()
        return Job(home, tiny_base, sample_rows(30), epochs=2, rows_per_step=8, **request.param)

    return made


def test_stopping_after_any_step_changes_nothing(job: Callable[[str], Job]) -> None:
    whole = job("whole")
    told = whole.train(whole.command())
    assert told.ended.outcome is Outcome.DONE
    assert [entry[0] for entry in whole.ledger()] == list(range(1, STEPS + 1))
    for step in range(1, STEPS):
        halved = job(f"stopped-at-{step}")
        first = halved.train(halved.command(), {step: Stop()})
        assert (first.ended.outcome, first.ended.step) == (Outcome.STOPPED, step)
        second = halved.resume(first.saved[-1])
        assert second.ended.outcome is Outcome.DONE
        assert second.of(Started)[0].soft_changes == ()
        assert adapter_bytes(second.saved[-1]) == adapter_bytes(told.saved[-1])
        assert halved.ledger() == whole.ledger()


def test_stopping_after_every_step_changes_nothing(job: Callable[[str], Job]) -> None:
    whole = job("whole")
    told = whole.train(whole.command())
    pieces = job("pieces")
    last = pieces.train(pieces.command(), {1: Stop()})
    for step in range(2, STEPS + 1):
        last = pieces.resume(last.saved[-1], {step: Skip()})
    assert last.ended.outcome is Outcome.DONE
    assert adapter_bytes(last.saved[-1]) == adapter_bytes(told.saved[-1])
    assert pieces.ledger() == whole.ledger()


def test_saving_and_pausing_change_nothing(job: Callable[[str], Job]) -> None:
    whole = job("whole")
    told = whole.train(whole.command())
    held = job("held")
    other = held.train(held.command(), {2: Save(), 5: Pause()}, then={Paused: Resume()})
    assert [saved.step for saved in other.saved] == [2, 5, STEPS]
    assert adapter_bytes(other.saved[-1]) == adapter_bytes(told.saved[-1])
    assert held.ledger() == whole.ledger()


def test_what_was_trained_after_the_checkpoint_is_cut_off(job: Callable[[str], Job]) -> None:
    whole = job("whole")
    told = whole.train(whole.command())
    ahead = job("ahead")
    first = ahead.train(ahead.command(), {3: Save(), 6: Stop()})
    second = ahead.resume(first.saved[0])
    assert second.of(Started)[0].step == 3
    assert adapter_bytes(second.saved[-1]) == adapter_bytes(told.saved[-1])
    assert ahead.ledger() == whole.ledger()
