"""A short training: paused, resumed, stopped, gone on with; then once more without a break, to the same bytes."""

from importlib.resources import files
from pathlib import Path

from backend.datasets.intake import take_in
from backend.domain.job import Job, JobState
from backend.domain.status import HostState
from backend.errors import UserError
from backend.files import sha256
from backend.host import ask
from backend.protocol import host as p
from backend.protocol.engine import Metric, Mode, Started
from gui.self_check.bench import Bench
from gui.self_check.talk import Talk

SETTINGS = {
    "epochs": "3",
    "rows_per_step": "3",
    "max_length": "256",
    "learning_rate": "0.005",
    "checkpoint_steps": "10",
    "evolution_examples": "2",
    "heldout_most": "6",
}
"""Almost ninety small steps, so that a pause and a stop come in the midst of them."""
WEIGHTS = "adapter_model.safetensors"
MOST_UNDONE = 5


def queued(bench: Bench) -> Job:
    """The file that is trained: what the window queued, else the sample is queued now."""
    talk = bench.talk
    if not bench.job:
        dataset = take_in(bench.home, Path(str(files("resources"))) / "samples" / "identity.jsonl")
        bench.job = ask(talk.host, p.Enqueue(dataset=dataset), p.Queued).job.id
    return talk.job(bench.job)


def training(bench: Bench) -> str:
    """Trains to the end through a pause and a stop, each a fact before it goes on."""
    talk = bench.talk
    job = queued(bench)
    talk.do(p.EditJob(job=job.id, changes=SETTINGS))
    talk.do(p.StartTraining())
    talk.until(Metric, lambda metric: metric.step >= 2)
    talk.do(p.PauseTraining(reason="self-check"))
    talk.until_state(HostState.PAUSED)
    paused = talk.job(job.id)
    if paused.state is not JobState.PAUSED:
        raise UserError(f"The training is {paused.state} after a pause.")
    talk.do(p.ResumeTraining())
    talk.until(Metric, lambda metric: metric.step > paused.step + 2)
    talk.do(p.StopTraining(reason="self-check"))
    talk.until_state(HostState.STOPPED)
    stopped = talk.job(job.id)
    talk.do(p.StartTraining())
    started = talk.until(Started)
    if started.mode is not Mode.RESUME or started.step != stopped.step:
        raise UserError(
            f"The training was stopped at step {stopped.step}, and went on at step {started.step} ({started.mode})."
        )
    done = finished(talk, job.id)
    if done.heldout_first is None or done.heldout_last is None or not done.heldout_last < done.heldout_first:
        raise UserError(f"Nothing was learned: the loss went from {done.heldout_first} to {done.heldout_last}.")
    return (
        f"{done.step} steps, paused at {paused.step}, stopped at {stopped.step} and gone on; "
        f"loss {done.heldout_first:.2f} to {done.heldout_last:.2f}"
    )


def exactness(bench: Bench) -> str:
    """Undone and trained again without a break: on a CPU the same bytes, however often the first was interrupted."""
    talk = bench.talk
    interrupted = weights(bench)
    for _ in range(MOST_UNDONE):
        if talk.head().checkpoint is None:
            break
        talk.do(p.UndoTraining())
    talk.do(p.RetryJobs(jobs=(bench.job,)))
    talk.do(p.StartTraining())
    finished(talk, bench.job)
    if weights(bench) == interrupted:
        return "the same bytes as without pause and stop"
    if talk.status().accelerator:
        return "other bytes than without pause and stop, as may be on this device"
    raise UserError(
        "A training that was paused and stopped gave other weights than one without a break.",
        "What was saved is whole, but a training that is resumed here is not exactly the one that was interrupted.",
    )


def weights(bench: Bench) -> str:
    """Hash of the head's adapter."""
    point = bench.talk.head().checkpoint
    if point is None:
        raise UserError("The training left no checkpoint.")
    return sha256(bench.home.root / point.path / WEIGHTS)


def finished(talk: Talk, number: int) -> Job:
    """The job, trained to its end."""
    talk.until(p.QueueFinished)
    job = talk.job(number)
    if job.state is not JobState.DONE or job.step != job.total_steps:
        where = f"{job.state} at step {job.step} of {job.total_steps}"
        raise UserError(f"The training ended {where}. {job.reason}".rstrip(), job.hint)
    return job
