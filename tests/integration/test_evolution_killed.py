"""An engine that dies while it writes a snapshot leaves it whole or not at all; after the next start it is there."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.domain.head import Base
from backend.paths import Home
from backend.protocol.engine import Mode, Outcome, SnapshotTaken
from tests.drivers.killed_snapshot import POINTS
from tests.drivers.segments import Job
from tests.drivers.snapshots import names, taken, watched

PROJECT = Path(__file__).parents[2]
KILLED = {-signal.SIGTERM, 1} if sys.platform == "win32" else {-signal.SIGKILL}


@pytest.mark.parametrize("point", POINTS)
def test_a_snapshot_is_whole_or_not_there_wherever_the_engine_dies(
    point: str, home: Home, tiny_base: Base, sample_rows: Callable[[int], Any]
) -> None:
    job = Job(
        home, tiny_base, sample_rows(24), epochs=4, evolution_examples=4, evolution_budget=100, checkpoint_steps=10
    )
    command = msgspec.json.encode(watched(job)).decode()
    arguments = [sys.executable, "-m", "tests.drivers.killed_snapshot", command, "10", point]
    done = subprocess.run(arguments, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in KILLED, done.stderr
    visible = [name for name in names(job) if not name.startswith(".")]
    assert visible == (["step_000000.json", "step_000010.json"] if point == "folder" else ["step_000000.json"])
    assert all(len(snapshot.examples) == 4 for snapshot in taken(job).values())
    (saved,) = (home.run(1) / "checkpoints").iterdir()
    again = job.train(watched(job, Mode.RESUME, resume_from=str(saved)))
    assert again.ended.outcome is Outcome.DONE
    assert [event.step for event in again.of(SnapshotTaken)] == ([12] if point == "folder" else [10, 12])
    assert list(taken(job)) == [0, 10, 12]
