"""The five ways to control training, as data: what each asks, how its fact is recognised, how it is said."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from backend.domain.job import Job, JobState
from backend.domain.status import HostState
from backend.errors import UserError
from backend.protocol.engine import Saved
from backend.protocol.host import (
    HostEvent,
    JobChanged,
    PauseTraining,
    Request,
    ResumeTraining,
    SaveNow,
    SkipJob,
    StopTraining,
)

ENDS = (JobState.DONE, JobState.FAILED)


@dataclass(frozen=True)
class Control:
    """One command: what it asks, how its fact is recognised, and how it is said."""

    name: str
    help: str
    request: Callable[[str], Request]
    reached: Callable[[HostState, list[HostEvent], int | None], bool]
    """From the state now, all events since the request, and the job that was held before."""
    sentence: str
    """With {file}, {at} (steps done of total) and {memory} (when it is free)."""
    participle: str
    idle: str
    """When no job was held; empty repeats the host's own words."""
    waits_when_idle: bool = False
    sentence_at_start: str = ""
    """Before the first step; empty takes the other one."""
    as_reached: Callable[[list[HostEvent], Job], Job] | None = None
    """The job as the fact tells of it; None takes it as it is stored. Raises UserError where the fact did not come."""


def skipped(_state: HostState, events: list[HostEvent], job: int | None) -> bool:
    return any(isinstance(e, JobChanged) and e.job.id == job and e.job.state is JobState.SKIPPED for e in events)


def saved(_state: HostState, events: list[HostEvent], job: int | None) -> bool:
    """The save is answered, or can no longer be: the job left training without it."""
    return any(
        (isinstance(e, Saved) and e.job == job) or (isinstance(e, JobChanged) and e.job.id == job and _is_out(e.job))
        for e in events
    )


def at_saved_step(events: list[HostEvent], job: Job) -> Job:
    """The job at the step that is on disk; one that came to its own end as it then was.

    Raises:
        UserError: it left training otherwise, without saving.
    """
    steps = [event.step for event in events if isinstance(event, Saved) and event.job == job.id]
    if steps:
        return msgspec.structs.replace(job, step=steps[0])
    out = next(event.job for event in events if isinstance(event, JobChanged) and _is_out(event.job))
    if out.state in ENDS:
        return out
    if out.hint:
        raise UserError(f"It is not saved: {out.reason}", out.hint)
    raise UserError("The engine ended before it saved.", "The last checkpoint stands, and training goes on from it.")


def _is_out(job: Job) -> bool:
    """Whether it left training; a pause does so only where something must be mended first."""
    return job.state is not JobState.RUNNING and (job.state is not JobState.PAUSED or bool(job.hint))


def over(_state: HostState, events: list[HostEvent], job: int | None) -> bool:
    """The job came to its own end first."""
    return any(isinstance(e, JobChanged) and e.job.id == job and e.job.state in ENDS for e in events)


PAUSE = Control(
    name="pause",
    participle="paused",
    help="Finish the step, save, hold. Without training the queue is held.",
    request=lambda reason: PauseTraining(reason=reason),
    reached=lambda state, _events, _job: state is HostState.PAUSED,
    sentence="Paused {file} at step {at}; checkpoint saved; {memory}. `espalier resume` goes on.",
    idle="The queue is held. `espalier resume` lets it go on.",
    waits_when_idle=True,
)
RESUME = Control(
    name="resume",
    participle="resumed",
    help="Go on after a pause, exactly where it stood.",
    request=lambda reason: ResumeTraining(reason=reason),
    reached=lambda state, _events, _job: state in (HostState.TRAINING, HostState.IDLE),
    sentence="Training {file} from step {at}.",
    idle="Training goes on.",
    waits_when_idle=True,
)
RELEASE = Control(
    name="resume",
    participle="resumed",
    help="",
    request=lambda reason: StopTraining(reason=reason),
    reached=lambda state, _events, _job: state in (HostState.STOPPED, HostState.IDLE),
    sentence="{file} is no longer paused, at step {at}. No Espalier is running: `espalier train` goes on.",
    idle="The queue is no longer held. No Espalier is running: `espalier train` goes on.",
    waits_when_idle=True,
)
STOP = Control(
    name="stop",
    participle="stopped",
    help="Finish the step, save, end. The file waits and goes on from its step at the next start.",
    request=lambda reason: StopTraining(reason=reason),
    reached=lambda state, _events, _job: state in (HostState.STOPPED, HostState.IDLE),
    sentence="Stopped {file} at step {at}; checkpoint saved. `espalier train` goes on from there.",
    idle="Nothing was training.",
)
SKIP = Control(
    name="skip",
    participle="skipped",
    help="Finish the step, save, pass on to the next file. The skipped one goes on later from where it stopped.",
    request=lambda reason: SkipJob(reason=reason),
    reached=lambda state, events, job: skipped(state, events, job) or over(state, events, job),
    sentence="Skipped {file} at step {at}; checkpoint saved. It waits at the low level.",
    idle="",
)
SAVE = Control(
    name="save",
    participle="saved",
    help="Finish the step, save a checkpoint, go on.",
    request=lambda reason: SaveNow(reason=reason),
    reached=saved,
    sentence="Saved {file} at step {at}.",
    sentence_at_start="{file} has not finished its first step: there is nothing to save yet.",
    idle="",
    as_reached=at_saved_step,
)
CONTROLS = (PAUSE, RESUME, STOP, SKIP, SAVE)
