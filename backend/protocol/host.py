"""Client to host: requests and replies. Host to its window and followers: events, each stored before it is told."""

from typing import Any

from backend.domain.dataset import Dataset
from backend.domain.head import Base, Head
from backend.domain.job import Job, JobSettings, Priority
from backend.domain.status import Status
from backend.protocol.engine import Activity, CheckpointSaved, HeldOut, LogLine, Message, Metric, Prepared, Started

# Requests


class Enqueue(Message, frozen=True, kw_only=True):
    """Queue a stored dataset (`datasets.intake` has copied it)."""

    dataset: Dataset
    priority: Priority = Priority.NORMAL
    settings: JobSettings | None = None
    """None takes the home's defaults."""
    allow_duplicate: bool = False
    """Queue it although the same content waits already."""


class SetPriority(Message, frozen=True, kw_only=True):
    """Move a waiting job to another level, to its end."""

    job: int
    priority: Priority


class Remove(Message, frozen=True, kw_only=True):
    """Take a job that is not running out of the queue; its stored file stays."""

    job: int


class StartTraining(Message, frozen=True, kw_only=True):
    """Train the queue; ends a pause and a stop."""


class PauseTraining(Message, frozen=True, kw_only=True):
    reason: str = ""


class ResumeTraining(Message, frozen=True, kw_only=True):
    pass


class StopTraining(Message, frozen=True, kw_only=True):
    reason: str = ""


class SkipJob(Message, frozen=True, kw_only=True):
    reason: str = ""


class SaveNow(Message, frozen=True, kw_only=True):
    reason: str = ""


class AddModel(Message, frozen=True, kw_only=True):
    """Import a model folder, a GGUF file, or "starter" into the library; ModelAdded or Failure follows."""

    source: str
    name: str = ""


class UseModel(Message, frozen=True, kw_only=True):
    """Make a base the head's base, with a fresh adapter. Refused while a job is begun."""

    slug: str


class AskHead(Message, frozen=True, kw_only=True):
    """Ask the head (or its base alone) one question; Answer follows."""

    question: str
    with_adapter: bool = True
    max_new_tokens: int = 128


class PutSetting(Message, frozen=True, kw_only=True):
    key: str
    value: str


class GetStatus(Message, frozen=True, kw_only=True):
    pass


class ListJobs(Message, frozen=True, kw_only=True):
    pass


class GetHead(Message, frozen=True, kw_only=True):
    pass


class ListModels(Message, frozen=True, kw_only=True):
    pass


class Follow(Message, frozen=True, kw_only=True):
    """Send this client every event from now on."""


Request = (
    Enqueue
    | SetPriority
    | Remove
    | StartTraining
    | PauseTraining
    | ResumeTraining
    | StopTraining
    | SkipJob
    | SaveNow
    | AddModel
    | UseModel
    | AskHead
    | PutSetting
    | GetStatus
    | ListJobs
    | GetHead
    | ListModels
    | Follow
)


# Replies


class Done(Message, frozen=True, kw_only=True):
    """Taken; `text` says what was done or will be, for people."""

    text: str = ""


class Failure(Message, frozen=True, kw_only=True):
    """A UserError, carried over: raise it again with `raise_again`."""

    message: str
    hint: str = ""
    exit_status: int = 1


class Queued(Message, frozen=True, kw_only=True):
    """The job, and how many jobs go before it."""

    job: Job
    ahead: int


class StatusReply(Message, frozen=True, kw_only=True):
    status: Status


class JobsReply(Message, frozen=True, kw_only=True):
    """In the order in which they will train; ended ones follow, newest first."""

    jobs: tuple[Job, ...]


class HeadReply(Message, frozen=True, kw_only=True):
    head: Head
    base: Base | None


class ModelsReply(Message, frozen=True, kw_only=True):
    models: tuple[Base, ...]


Reply = Done | Failure | Queued | StatusReply | JobsReply | HeadReply | ModelsReply


# Events


class JobChanged(Message, frozen=True, kw_only=True):
    job: Job


class StatusChanged(Message, frozen=True, kw_only=True):
    status: Status


class HeadChanged(Message, frozen=True, kw_only=True):
    head: Head


class ModelAdded(Message, frozen=True, kw_only=True):
    base: Base


class Answer(Message, frozen=True, kw_only=True):
    text: str


class Notice(Message, frozen=True, kw_only=True):
    """Something to tell the user: level is info, warning or error."""

    level: str
    text: str
    hint: str = ""
    job: int | None = None


class QueueFinished(Message, frozen=True, kw_only=True):
    """Nothing is left to train. Counts are of this run of the queue."""

    done: int
    failed: int


HostEvent = (
    JobChanged
    | StatusChanged
    | HeadChanged
    | ModelAdded
    | Answer
    | Notice
    | QueueFinished
    | Activity
    | Prepared
    | Started
    | Metric
    | HeldOut
    | CheckpointSaved
    | LogLine
)

Outgoing = Reply | HostEvent
"""What a client may receive."""


def outgoing_type() -> Any:
    """The union as a type for decoders."""
    return Outgoing
