"""A new host makes whole what a killed one left, whatever was under way; the verifier finds nothing then."""

from collections.abc import Callable

import msgspec
import pytest

from backend.domain.job import Job, JobState
from backend.paths import Home
from backend.protocol import host as p
from backend.protocol.engine import CheckpointSaved
from tests.drivers.host_program import HostProgram, until_released
from tests.fakes.hosting import Bench
from tests.fakes.scripted_engine import Script
from tests.faults.conftest import StartHost
from tests.faults.verifier import Promises, faults

AT = 7
WAITING = Script(steps=12, seconds=0.002, save_every=5, wait_at=AT)
SLOW_TO_LEAVE = msgspec.structs.replace(WAITING, save_seconds=1.5)


def begin(program: HostProgram) -> Job:
    """A job that waits at step 7, its checkpoint of step 5 announced."""
    bench = program.bench
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_event(CheckpointSaved)
    bench.until_step(AT)
    return job


def kept(job: Job, step: int) -> Promises:
    return Promises(acknowledged=((job.id, job.dataset),), announced=((job.id, step),))


def nothing(_: Bench) -> None:
    """Let it train."""


def pause(bench: Bench) -> None:
    bench.do(p.PauseTraining())
    bench.until(lambda: bench.jobs()[0].state is JobState.PAUSED, "the pause")


def pause_and_resume(bench: Bench) -> None:
    pause(bench)
    bench.do(p.ResumeTraining())


@pytest.mark.parametrize("wish", [nothing, pause, pause_and_resume])
def test_a_host_killed_in_the_middle_of_a_segment_leaves_none_open(
    start_host: StartHost, scripted_home: Home, wish: Callable[[Bench], None]
) -> None:
    program = start_host(WAITING)
    job = begin(program)
    wish(program.bench)
    program.kill()
    until_released(scripted_home)
    assert any("never ended" in fault for fault in faults(scripted_home.root))
    start_host(msgspec.structs.replace(WAITING, wait_at=0)).close()
    assert faults(scripted_home.root, kept(job, AT)) == []


def test_wishes_of_a_user_before_the_orphan_has_left_lose_none_of_its_steps(
    start_host: StartHost, scripted_home: Home
) -> None:
    program = start_host(SLOW_TO_LEAVE)
    job = begin(program)
    program.kill()
    program = start_host(SLOW_TO_LEAVE)
    bench = program.bench
    assert bench.job(job.id).step == 5
    bench.do(p.StopTraining(reason="before it has left"))
    for request in (p.UndoTraining(), p.RedoTraining(), p.UseModel(slug="tiny")):
        failure = bench.refusal(request)
        assert ("still saves" in failure.message, failure.exit_status) == (True, 3)
    bench.do(p.SkipJob())
    bench.until(lambda: bench.job(job.id).step == AT, "the step that the orphan saved")
    assert bench.job(job.id).state is JobState.SKIPPED
    program.close()
    assert faults(scripted_home.root, kept(job, AT)) == []


def test_nothing_that_a_write_left_survives_the_next_start(start_host: StartHost, scripted_home: Home) -> None:
    program = start_host(msgspec.structs.replace(WAITING, wait_at=0))
    job = program.bench.queue("file")
    program.bench.train()
    program.close()
    home, checkpoints = scripted_home, scripted_home.checkpoints(job.id)
    home.snapshots.mkdir(exist_ok=True)
    written_to = (home.root, home.control, home.datasets, home.token_cache, home.run(job.id))
    temporary = [folder / f".{folder.name}.0123456789ab.tmp" for folder in written_to]
    stagings = [folder / ".staging-x" for folder in (checkpoints, home.bases, home.token_cache, home.snapshots)]
    for path in temporary:
        path.touch()
    for path in stagings:
        path.mkdir()
        (path / "half").touch()
    assert len(faults(home.root)) == len(temporary) + len(stagings)
    for _ in range(2):
        start_host(WAITING).close()
        assert faults(home.root, kept(job, 12)) == []


def test_a_skip_that_was_answered_outlives_host_and_engine(start_host: StartHost, scripted_home: Home) -> None:
    program = start_host(SLOW_TO_LEAVE)
    job = begin(program)
    program.bench.queue("next")
    program.bench.do(p.SkipJob(reason="too long"))
    engine = program.engine()
    assert engine is not None
    engine.kill()
    program.kill()
    until_released(scripted_home)
    bench = start_host(SLOW_TO_LEAVE).bench
    bench.until(lambda: bench.states() == {"file": JobState.SKIPPED, "next": JobState.RUNNING}, "the skip")
    assert (bench.job(job.id).reason, bench.job(job.id).step) == ("too long", 5)
