"""The load test of a backup with the real child and a real, tiny model: it loads, it is broken off, it is not tried."""

import sys
from pathlib import Path

import psutil
import pytest

from backend.backup.trial import NotLoadable, try_once
from backend.domain.head import Base
from backend.operations.work import Cancelled, Progress
from backend.supervisor.launcher import trial_command


def test_a_whole_model_loads_and_answers(tiny_base: Base, tmp_path: Path) -> None:
    trial = try_once(trial_command(), tmp_path, Path(tiny_base.path), None, Progress())
    assert trial.loaded_at is not None
    assert trial.message == ""


def test_a_trial_that_is_broken_off_leaves_no_child(tiny_base: Base, tmp_path: Path) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        try_once(trial_command(), tmp_path, Path(tiny_base.path), None, progress)
    assert not [child for child in psutil.Process().children() if "backend.engine.trial" in child.cmdline()]


def test_a_child_that_ends_without_a_word_is_told_with_its_status(tiny_base: Base, tmp_path: Path) -> None:
    command = (sys.executable, "-c", "raise SystemExit(7)")
    with pytest.raises(NotLoadable, match="exit status 7"):
        try_once(command, tmp_path, Path(tiny_base.path), None, Progress())


def test_what_needs_more_memory_than_is_free_is_not_tried_and_says_so(
    tiny_base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.backup.trial.PROGRAM_BYTES", 1 << 60)
    trial = try_once(trial_command(), tmp_path, Path(tiny_base.path), None, Progress())
    assert trial.loaded_at is None
    assert "bytes of memory" in trial.message
