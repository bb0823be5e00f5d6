"""Files that fail: tried three times where that can mend it, each error kept, and again whenever the user asks."""

from backend.domain.job import Job, JobState
from backend.protocol import host as p
from backend.protocol.engine import Mode, Started
from tests.fakes.hosting import Bench, OpenBench
from tests.fakes.scripted_engine import Script


def trail(bench: Bench, job: Job) -> list[tuple[str, str]]:
    reply = bench.ask(p.GetHistory(job=job.id))
    assert isinstance(reply, p.HistoryReply)
    return [(entry.what, entry.reason) for entry in reply.entries]


def test_an_error_of_the_engine_is_tried_three_times_and_each_is_kept(open_bench: OpenBench) -> None:
    bench = open_bench(Script(error_at=3))
    job = bench.queue("file")
    assert bench.train() == p.QueueFinished(done=0, failed=1)
    failed = bench.job(job.id)
    assert (failed.state, failed.attempts, failed.reason) == (JobState.FAILED, 3, "Training ended by an error.")
    kept = trail(bench, job)
    assert kept.count(("failed", "Training ended by an error.")) == 3
    assert [reason for what, reason in kept if what == "retried"] == [
        "attempt 2 of 3, by itself",
        "attempt 3 of 3, by itself",
    ]


def test_a_file_that_is_tried_again_lets_the_others_pass_and_goes_on_from_its_checkpoint(open_bench: OpenBench) -> None:
    bench = open_bench(Script(error_at=8, error_once=True))
    bench.queue("first")
    bench.queue("second")
    assert bench.train() == p.QueueFinished(done=2, failed=0)
    started = bench.told(Started)
    assert [(each.job, each.mode, each.step) for each in started] == [
        (1, Mode.START, 0),
        (2, Mode.START, 0),
        (1, Mode.CONTINUE, 5),
    ]


def test_a_fault_of_the_file_is_final_until_the_user_asks_again(open_bench: OpenBench) -> None:
    bench = open_bench(Script(nan_at=8))
    job = bench.queue("file")
    assert bench.train().failed == 1
    assert bench.job(job.id).attempts == 1
    assert bench.do(p.RetryJobs(jobs=(job.id,))) == "file is queued again."
    bench.train()
    assert (bench.job(job.id).state, bench.job(job.id).attempts) == (JobState.FAILED, 2)
    assert [what for what, _ in trail(bench, job)].count("failed") == 2
    assert bench.told(Started)[-1].step == 7


def test_paused_file_is_removed_once_the_engine_has_let_go_and_restored_to_go_on(open_bench: OpenBench) -> None:
    bench = open_bench(Script(wait_at=3))
    job = bench.queue("file")
    bench.do(p.StartTraining())
    bench.until_step(3)
    assert "running" in bench.refusal(p.RemoveJobs(jobs=(job.id,))).message
    bench.do(p.PauseTraining())
    bench.until(lambda: bench.job(job.id).state is JobState.PAUSED, "the pause")
    assert "paused" in bench.refusal(p.RemoveJobs(jobs=(job.id,))).message
    bench.do(p.StopTraining())
    bench.until(lambda: bench.job(job.id).state is JobState.QUEUED, "the stop")
    bench.do(p.RemoveJobs(jobs=(job.id,)))
    other = bench.queue("other")
    bench.do(p.RestoreJobs(jobs=(job.id,)))
    assert [each.id for each in bench.jobs()] == [job.id, other.id]
    assert bench.train() == p.QueueFinished(done=2, failed=0)
    assert Started in {type(event) for event in bench.events}
    assert (bench.told(Started)[1].job, bench.told(Started)[1].step) == (job.id, 3)
