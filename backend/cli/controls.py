"""The five ways to control training, as data: what each asks, how its fact is recognised, how it is said."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.job import JobState
from backend.domain.status import HostState
from backend.protocol.engine import CheckpointSaved
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


def skipped(_state: HostState, events: list[HostEvent], job: int | None) -> bool:
    return any(isinstance(e, JobChanged) and e.job.id == job and e.job.state is JobState.SKIPPED for e in events)


def saved(_state: HostState, events: list[HostEvent], job: int | None) -> bool:
    return any(isinstance(e, CheckpointSaved) and e.job == job and e.reason == "save" for e in events)


def over(_state: HostState, events: list[HostEvent], job: int | None) -> bool:
    """The job came to its own end first."""
    ended = (JobState.DONE, JobState.FAILED)
    return any(isinstance(e, JobChanged) and e.job.id == job and e.job.state in ended for e in events)


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
    reached=lambda state, events, job: saved(state, events, job) or over(state, events, job),
    sentence="Saved {file} at step {at}.",
    idle="",
)
CONTROLS = (PAUSE, RESUME, STOP, SKIP, SAVE)
