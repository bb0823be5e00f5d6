"""The window with the real starter model and the real engine."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from backend import settings
from backend.domain.head import Base
from backend.domain.job import JobState
from backend.paths import Home
from tests.fakes.window_session import Seen

SESSION = Path(__file__).parents[1] / "fakes" / "window_session.py"
ROWS = 24
"""Three steps of eight rows, so that a pause after the first leaves work to resume."""


def test_a_dropped_file_trains_pauses_saved_and_resumes_to_its_end(
    starter_base: Base,
    home: Home,
    tmp_path: Path,
    write_rows: Callable[[Path, list[dict[str, Any]]], Path],
    sample_rows: Callable[[int], list[dict[str, Any]]],
) -> None:
    file = write_rows(tmp_path / "short.jsonl", sample_rows(ROWS))
    settings.put(home, "engine.token_budget", "512")  # measuring it is tested elsewhere, and evolution too
    settings.put(home, "job.evolution_budget", "0")
    done = subprocess.run(
        [sys.executable, str(SESSION), str(home.root), str(file)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = msgspec.json.decode(done.stdout.splitlines()[-1], type=Seen)
    assert seen.banner == "short.jsonl is queued, first."
    assert seen.states == ["idle", "training", "pausing", "paused", "training", "idle"]
    assert len(seen.folders_when_paused) >= 1
    assert seen.step_when_paused >= 1
    assert f"saved at step {seen.step_when_paused}" in seen.paused_words
    assert seen.job is not None
    assert seen.job.state is JobState.DONE
    assert seen.drawn_steps == list(range(1, seen.job.total_steps + 1))
    assert seen.step_when_paused < seen.job.total_steps
    assert seen.held_out[0] == 0
    assert seen.heavy == []
