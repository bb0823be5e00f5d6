"""Client to host: requests and replies. Host to its window and followers: events, each stored before it is told."""

import enum
from typing import Any

from backend.domain.daily import Daily, Stays
from backend.domain.dataset import Dataset
from backend.domain.entry import Entry
from backend.domain.head import Base, Head
from backend.domain.job import Job, JobSettings, Priority
from backend.domain.move import Move
from backend.domain.status import Status
from backend.errors import AlreadyQueued, UserError
from backend.protocol.engine import (
    Activity,
    CheckpointSaved,
    HeldOut,
    LogLine,
    Metric,
    Prepared,
    Saved,
    SnapshotFailed,
    Started,
)
from backend.protocol.evolution import EvolutionEvent, EvolutionReply, EvolutionRequest
from backend.protocol.keeping import KeepingEvent, KeepingReply, KeepingRequest
from backend.protocol.message import Message
from backend.settings import Settings

# Requests


class Enqueue(Message, frozen=True, kw_only=True):
    """Queue a stored dataset (`datasets.intake` has copied it)."""

    dataset: Dataset
    priority: Priority = Priority.NORMAL
    settings: JobSettings | None = None
    """None takes the home's defaults."""
    allow_duplicate: bool = False
    """Queue it although the same content waits already."""
    origin: str = ""
    """Where the file was found, for the audit trail; empty where a user gave it."""


class EnqueueMany(Message, frozen=True, kw_only=True):
    """Queue many at once, in one transaction; QueuedMany follows. One that is refused does not hold up the others."""

    items: tuple[Enqueue, ...]


class Direction(enum.StrEnum):
    UP = "up"
    DOWN = "down"
    TOP = "top"
    BOTTOM = "bottom"


class MoveJobs(Message, frozen=True, kw_only=True):
    """Move waiting jobs within their levels; several keep their order among each other."""

    jobs: tuple[int, ...]
    direction: Direction


class PlaceJobs(Message, frozen=True, kw_only=True):
    """Put waiting jobs into a level, in the order given."""

    jobs: tuple[int, ...]
    priority: Priority
    before: int | None = None
    """The waiting job of that level that they shall stand before; None is the end of the level."""


class RemoveJobs(Message, frozen=True, kw_only=True):
    """Take jobs that are not running out of the queue; their stored files stay."""

    jobs: tuple[int, ...]


class RestoreJobs(Message, frozen=True, kw_only=True):
    """Undo a removal: back to where they stood."""

    jobs: tuple[int, ...]


class RetryJobs(Message, frozen=True, kw_only=True):
    """Queue failed or undone jobs again; each error stays in the history."""

    jobs: tuple[int, ...]


class EditJob(Message, frozen=True, kw_only=True):
    """Change settings that a waiting job froze; `changes` maps names of JobSettings to text."""

    job: int
    changes: dict[str, str]


class StartTraining(Message, frozen=True, kw_only=True):
    """Train the queue; ends a pause and a stop."""


class PauseTraining(Message, frozen=True, kw_only=True):
    reason: str = ""


class ResumeTraining(Message, frozen=True, kw_only=True):
    reason: str = ""


class StopTraining(Message, frozen=True, kw_only=True):
    reason: str = ""


class SkipJob(Message, frozen=True, kw_only=True):
    reason: str = ""


class SaveNow(Message, frozen=True, kw_only=True):
    """Saved follows where a job is begun, unless its engine ends without saving."""

    reason: str = ""


class SnapshotNow(Message, frozen=True, kw_only=True):
    """Take an evolution snapshot after this step, of the whole panel; RunChanged or a notice follows."""

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


class UndoTraining(Message, frozen=True, kw_only=True):
    """Take the head back to before its last move; nothing is deleted."""


class RedoTraining(Message, frozen=True, kw_only=True):
    """Take the last undo back."""


class GetMoves(Message, frozen=True, kw_only=True):
    """What undo and redo would do now."""


class GetHeadHistory(Message, frozen=True, kw_only=True):
    """Every move of the head."""


class GetDailies(Message, frozen=True, kw_only=True):
    """The daily snapshots, and what thinning would let go."""


class ThinDailies(Message, frozen=True, kw_only=True):
    """Move these snapshots to the trash; each must be one that the rule lets go."""

    days: tuple[str, ...]


class TakeDaily(Message, frozen=True, kw_only=True):
    """Take the daily snapshot of the head now; DailyTaken or Failure follows."""


class PutSetting(Message, frozen=True, kw_only=True):
    key: str
    value: str


class ShowWindow(Message, frozen=True, kw_only=True):
    """Bring the window that follows this host to the front, if there is one."""

    activation: str = ""
    """What the desktop gave the program that asks, so that a window may come to the front (Wayland's token)."""


class GetSettings(Message, frozen=True, kw_only=True):
    """The settings of the home, as the host has them."""


class GetStatus(Message, frozen=True, kw_only=True):
    pass


class ListJobs(Message, frozen=True, kw_only=True):
    """In the order in which they will train; ended ones follow, newest first."""

    first: int | None = None
    """At most so many, of those that have not ended; None lists all."""


class GetHistory(Message, frozen=True, kw_only=True):
    """The audit trail, oldest first."""

    job: int | None = None
    """None: of everything."""
    last: int = 200
    """At most so many entries, the newest."""
    after: int = 0
    """Only entries that are newer than this one."""
    before: int | None = None
    """Only entries that are older than this one."""


class GetHead(Message, frozen=True, kw_only=True):
    pass


class ListModels(Message, frozen=True, kw_only=True):
    pass


class Follow(Message, frozen=True, kw_only=True):
    """Send this client every event from now on."""


QueueRequest = (
    Enqueue
    | EnqueueMany
    | MoveJobs
    | PlaceJobs
    | RemoveJobs
    | RestoreJobs
    | RetryJobs
    | EditJob
    | ListJobs
    | GetHistory
)
ControlRequest = StartTraining | PauseTraining | ResumeTraining | StopTraining | SkipJob | SaveNow | SnapshotNow
HeadRequest = UndoTraining | RedoTraining | GetMoves | GetHeadHistory | TakeDaily | GetDailies | ThinDailies
ModelRequest = AddModel | UseModel | AskHead | ListModels | GetHead
HomeRequest = PutSetting | GetSettings | ShowWindow | GetStatus | Follow
Request = QueueRequest | ControlRequest | HeadRequest | ModelRequest | EvolutionRequest | KeepingRequest | HomeRequest


# Replies


class Done(Message, frozen=True, kw_only=True):
    """Taken; `text` says what was done or will be, for people."""

    text: str = ""


class Failure(Message, frozen=True, kw_only=True):
    """A UserError, carried over; `failure_of` makes it."""

    message: str
    hint: str = ""
    exit_status: int = 1
    again: bool = False
    """The host is just ending and has done nothing of it: ask whoever comes next."""
    twin: int | None = None
    """The job that holds the same content, where a file was refused for that."""


def failure_of(error: UserError) -> Failure:
    """What the client is told of it."""
    twin = error.twin if isinstance(error, AlreadyQueued) else None
    return Failure(message=error.message, hint=error.hint, exit_status=int(error.exit_status), twin=twin)


class Queued(Message, frozen=True, kw_only=True):
    """The job, and how many jobs go before it."""

    job: Job
    ahead: int
    trained_as: int | None = None
    """The newest job that trained the same content to its end; None where none did."""


class QueuedMany(Message, frozen=True, kw_only=True):
    """In the order of the items."""

    outcomes: tuple[Queued | Failure, ...]


class StatusReply(Message, frozen=True, kw_only=True):
    status: Status


class JobsReply(Message, frozen=True, kw_only=True):
    """In the order in which they will train; ended ones follow, newest first."""

    jobs: tuple[Job, ...]


class HistoryReply(Message, frozen=True, kw_only=True):
    entries: tuple[Entry, ...]


class MovesReply(Message, frozen=True, kw_only=True):
    """In words that continue "Undo " and "Redo "; None where there is nothing to undo or redo."""

    undo: str | None = None
    redo: str | None = None


class HeadHistoryReply(Message, frozen=True, kw_only=True):
    """Oldest first."""

    moves: tuple[Move, ...]


class DailiesReply(Message, frozen=True, kw_only=True):
    """Oldest first."""

    snapshots: tuple[Daily, ...]
    going: tuple[str, ...]
    """Days whose snapshots thinning would let go."""
    staying: tuple[tuple[Stays, ...], ...] = ()
    """For each snapshot why it stays; nothing for those that go."""


class SettingsReply(Message, frozen=True, kw_only=True):
    settings: Settings


class HeadReply(Message, frozen=True, kw_only=True):
    head: Head
    base: Base | None


class ModelsReply(Message, frozen=True, kw_only=True):
    models: tuple[Base, ...]


Reply = (
    Done
    | Failure
    | Queued
    | QueuedMany
    | StatusReply
    | JobsReply
    | HistoryReply
    | MovesReply
    | HeadHistoryReply
    | DailiesReply
    | SettingsReply
    | HeadReply
    | ModelsReply
    | EvolutionReply
    | KeepingReply
)


# Events


class JobChanged(Message, frozen=True, kw_only=True):
    job: Job


class StatusChanged(Message, frozen=True, kw_only=True):
    status: Status


class HeadChanged(Message, frozen=True, kw_only=True):
    head: Head


class ModelAdded(Message, frozen=True, kw_only=True):
    base: Base


class MovesChanged(Message, frozen=True, kw_only=True):
    """What undo and redo would do now."""

    undo: str | None = None
    redo: str | None = None


class DailyTaken(Message, frozen=True, kw_only=True):
    """A verified snapshot of the head lies at `path`."""

    path: str


class Answer(Message, frozen=True, kw_only=True):
    text: str


class Notice(Message, frozen=True, kw_only=True):
    """Something to tell the user: level is info, warning or error."""

    level: str
    text: str
    hint: str = ""
    job: int | None = None


class WindowWanted(Message, frozen=True, kw_only=True):
    """The user wants to see the window; `activation` as in ShowWindow."""

    activation: str = ""


class QueueFinished(Message, frozen=True, kw_only=True):
    """Nothing is left to train. Counts are of this run of the queue."""

    done: int
    failed: int


HostEvent = (
    JobChanged
    | StatusChanged
    | HeadChanged
    | ModelAdded
    | MovesChanged
    | DailyTaken
    | Answer
    | Notice
    | QueueFinished
    | WindowWanted
    | Activity
    | Prepared
    | Started
    | Metric
    | HeldOut
    | CheckpointSaved
    | Saved
    | SnapshotFailed
    | EvolutionEvent
    | KeepingEvent
    | LogLine
)

Outgoing = Reply | HostEvent
"""What a client may receive."""


def outgoing_type() -> Any:
    """The union as a type for decoders."""
    return Outgoing
