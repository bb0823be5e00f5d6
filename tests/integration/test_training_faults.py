"""What ends a segment before its time: no number, no memory, no space, data that is not what was queued."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file

from backend import files
from backend.domain.head import Base
from backend.engine.training import checkpoint
from backend.paths import Home
from backend.protocol.engine import CheckpointSaved, Ended, Metric, Mode, Outcome, Save, Started
from tests.drivers.engine_host import EngineHost
from tests.drivers.segments import ENGINE, Job


@pytest.fixture
def own_home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "own-home")
    home.create()
    return home


def test_a_loss_that_is_no_number_leaves_the_last_checkpoint_the_newest(
    own_home: Home, tiny_base: Base, sample_rows: Callable[[int], Any]
) -> None:
    job = Job(own_home, tiny_base, sample_rows(24), rows_per_step=8)
    saved = job.train(job.command(), {1: Save()}).saved[0]
    bad = Path(saved.path)
    weights = load_file(bad / checkpoint.ADAPTER)
    save_file({name: torch.full_like(weight, torch.inf) for name, weight in weights.items()}, bad / checkpoint.ADAPTER)
    (bad / files.SUMS).unlink()
    files.write(bad / files.SUMS, files.sums_of(bad))
    told = job.train(job.command(run_folder=str(own_home.run(2)), adapter_from=saved.path))
    assert (told.ended.outcome, told.ended.step) == (Outcome.NOT_FINITE, 0)
    assert "step 1" in told.ended.message
    assert told.of(Metric) == []
    assert told.saved == []


def test_a_full_disk_ends_the_segment_and_the_checkpoint_before_it_goes_on(
    own_home: Home, tiny_base: Base, sample_rows: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(own_home, tiny_base, sample_rows(24), rows_per_step=8)
    saved = job.train(job.command(), {1: Save()}).saved[0]
    with monkeypatch.context() as full:
        full.setattr(files, "RESERVE_BYTES", 1 << 60)
        told = job.resume(saved)
    assert (told.ended.outcome, told.ended.step) == (Outcome.NO_SPACE, 1)
    assert "bytes" in told.ended.message
    assert told.saved == []
    assert told.of(Metric) == []
    assert sorted(path.name for path in job.home.checkpoints(1).iterdir()) == ["000100", "000101"]
    assert job.resume(saved).ended.outcome is Outcome.DONE


@pytest.mark.parametrize("others_fill_it", [False, True])
def test_a_disk_that_runs_full_in_training_lets_the_reserve_go_and_saves_the_last_step(
    own_home: Home,
    tiny_base: Base,
    sample_rows: Callable[[int], Any],
    monkeypatch: pytest.MonkeyPatch,
    others_fill_it: bool,
) -> None:
    job = Job(own_home, tiny_base, sample_rows(32), rows_per_step=8, checkpoint_steps=2)
    reserve = own_home.space_reserve
    trained = job.run_folder / "ledger.jsonl"
    roomy = shutil.disk_usage(own_home.root)

    def usage(_: Path) -> Any:
        """Full once two steps are trained, but for what the reserve held."""
        if not trained.exists() or len(trained.read_bytes().splitlines()) < 2:
            return roomy
        return roomy._replace(free=0 if reserve.exists() or others_fill_it else roomy.free // 1000)

    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", usage)
        told = job.train(job.command(reserve=str(reserve)))
    assert (told.ended.outcome, told.ended.step) == (Outcome.NO_SPACE, 2)
    assert not reserve.exists()
    assert [(saved.step, saved.reason) for saved in told.saved] == ([] if others_fill_it else [(2, "no-space")])
    again = job.command(reserve=str(reserve)) if others_fill_it else None
    ended = job.train(again) if again else job.resume(told.saved[0], reserve=str(reserve))
    assert ended.ended.outcome is Outcome.DONE
    assert reserve.exists()


def test_a_model_that_does_not_fit_the_context_of_a_row_refuses_the_file(own_home: Home, tiny_base: Base) -> None:
    row = {"messages": [{"role": "user", "content": "a" * 4000}, {"role": "assistant", "content": "b"}]}
    told = Job(own_home, tiny_base, [row]).train(Job(own_home, tiny_base, [row]).command())
    assert told.ended.outcome is Outcome.REFUSED
    assert "line 1" in told.ended.message


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of another process")
def test_out_of_memory_saves_the_last_step_ends_the_process_and_goes_on_in_smaller_pieces(
    own_home: Home, tmp_path: Path, tiny_base: Base, sample_rows: Callable[[int], Any]
) -> None:
    import resource

    job = Job(own_home, tiny_base, sample_rows(1600), rows_per_step=400)
    roomy = Home(tmp_path / "roomy")
    roomy.create()
    unlimited = Job(roomy, tiny_base, sample_rows(1600), rows_per_step=400)
    first = EngineHost(own_home).ready()
    try:
        first.send(job.command(engine=msgspec.structs.replace(ENGINE, token_budget=1 << 20)))
        first.until(Started)
        first.until(Metric)
        held = psutil.Process(first.process.pid).memory_info().vms
        resource.prlimit(first.process.pid, resource.RLIMIT_AS, (held, held))
        saved = first.until(CheckpointSaved)
        assert saved.reason == "out-of-memory"
        ended = first.until(Ended)
        assert (ended.outcome, ended.step) == (Outcome.OUT_OF_MEMORY, saved.step)
        assert first.process.wait(60) == 0
    finally:
        first.close()
    smaller = msgspec.structs.replace(ENGINE, token_budget=512)
    told = job.train(job.command(Mode.RESUME, resume_from=saved.path, engine=smaller))
    assert told.ended.outcome is Outcome.DONE
    (budget,) = (change for change in told.of(Started)[0].soft_changes if "budget" in change)
    assert budget.endswith(" 512")
    assert unlimited.train(unlimited.command()).ended.outcome is Outcome.DONE
    trained = [(entry.step, entry.samples) for entry in job.entries()]
    assert trained == [(entry.step, entry.samples) for entry in unlimited.entries()]
    assert [len(samples) for _, samples in trained[:-1]] == [400] * (len(trained) - 1)
