"""The status that programs outside see."""

from pathlib import Path

import msgspec
import pytest

from backend.control.board import Board, state_json
from backend.domain.status import HostState, Status
from backend.outbox import Outbox
from backend.paths import Home
from backend.protocol.engine import Metric
from backend.protocol.host import StatusChanged
from backend.reading import status_from


@pytest.fixture
def board(tmp_path: Path) -> Board:
    home = Home(tmp_path)
    home.create()
    return Board(home, Outbox())


def metric(step: int, seconds: float) -> Metric:
    return Metric(
        job=1,
        step=step,
        total_steps=10,
        epoch=0.1,
        loss=2.0,
        learning_rate=0.1,
        grad_norm=1.0,
        tokens=1,
        supervised=1,
        tokens_per_second=5.0,
        seconds=seconds,
        memory_bytes=1,
    )


def test_transition_is_written_before_it_is_told_and_a_metric_is_not(board: Board) -> None:
    board.put(state=HostState.TRAINING, job=1)
    told = [event for event in board._outbox.drain() if isinstance(event, StatusChanged)]
    assert [event.status.state for event in told] == [HostState.TRAINING]
    assert status_from(board._home.state.read_bytes()) == told[0].status
    board.metric(metric(1, 1.0))
    assert board._outbox.drain() == []


def test_eta_follows_the_time_a_step_takes(board: Board) -> None:
    for step in range(1, 6):
        board.metric(metric(step, 2.0 * step))
    assert board.status.eta_seconds == pytest.approx(10.0)


def test_fields_that_no_longer_hold_are_null(board: Board) -> None:
    board.put(state=HostState.TRAINING, job=1, current_file="a")
    board.metric(metric(1, 1.0))
    board.clear_job()
    board.put(state=HostState.IDLE)
    written = msgspec.json.decode(board._home.state.read_bytes())
    assert written["status"] == "idle"
    for name in ("job", "current_file", "step", "loss", "eta_seconds", "paused_at", "reason"):
        assert written[name] is None
    assert written["pid"] > 0


def test_state_json_and_status_are_one() -> None:
    status = Status(state=HostState.PAUSED, reason="why", signals=("pause",), waiting=3)
    assert status_from(msgspec.json.encode(state_json(status))) == status
