"""What is told when a training run is over."""

from typing import TYPE_CHECKING

from backend.cli import words
from backend.cli.invocation import Invocation
from backend.cli.output import PeopleOutput
from backend.cli.run import RunEnd
from backend.domain.job import WAITING, Job, JobState

GOING = WAITING | {JobState.RUNNING}

if TYPE_CHECKING:
    from rich.console import Console


def show_end(invocation: Invocation, end: RunEnd, here: bool) -> None:
    """The last line for programs; for people a line a job, where training stands, and how it goes on.

    Args:
        here: this process was the host; otherwise another one trains on.
    """
    output = invocation.output
    output.line(end.line())
    if not isinstance(output, PeopleOutput):
        return
    for job in end.jobs.values():
        output.console.print(sentence(job), markup=False)
    if not here and not end.stopped and any(job.state in GOING for job in end.jobs.values()):
        output.console.print("Training goes on in the other program; `espalier stop` stops it.")
    elif end.blocked:
        output.error(end.blocked.reason, f"{end.blocked.hint} Then `espalier train` goes on from the saved step.")
    elif end.stopped:
        output.console.print("Stopped. `espalier train` goes on from here.")
    elif not end.jobs:
        output.console.print("Nothing waits to be trained.")
    if any(job.step for job in end.jobs.values()):
        _where(output.console, invocation)


def sentence(job: Job) -> str:
    """One job and how far it came."""
    at = f"{words.steps(job.step, job.total_steps)} steps"
    match job.state:
        case JobState.DONE:
            heldout = ""
            if job.heldout_first is not None and job.heldout_last is not None:
                heldout = f", held-out loss {words.loss(job.heldout_first)} → {words.loss(job.heldout_last)}"
            return f"{job.name}: done, {at}, loss {words.loss(job.loss)}{heldout}"
        case JobState.FAILED:
            return f"{job.name}: failed at {at}: {job.reason} {job.hint}".rstrip()
        case JobState.QUEUED if not job.step:
            return f"{job.name}: waits as job {job.id}"
        case JobState.QUEUED | JobState.PAUSED | JobState.INTERRUPTED:
            return f"{job.name}: {at} are done and saved"
        case _:
            return f"{job.name}: {job.state}, {at}"


def _where(console: "Console", invocation: Invocation) -> None:
    console.print(f"The trained adapter lies in {invocation.home.current_model}", markup=False)
