"""A job: one training of one dataset, the settings it froze, and the one table of its states."""

import enum
from typing import Annotated

import msgspec

from backend.errors import UserError

MINUTES_A_YEAR = 525_600
"""The upper bound of times. Every fraction has one, for JSON knows no infinity."""


class JobState(enum.StrEnum):
    """Where a job stands. `interrupted` is a begun job whose engine went away without a word."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"
    DONE = "done"
    FAILED = "failed"
    REMOVED = "removed"
    UNDONE = "undone"
    """Its training was taken out of the head; it trains again, from step 0, only when it is queued again."""


TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset(
        {JobState.RUNNING, JobState.SKIPPED, JobState.REMOVED, JobState.FAILED, JobState.UNDONE}
    ),
    JobState.RUNNING: frozenset(
        {JobState.PAUSED, JobState.QUEUED, JobState.SKIPPED, JobState.DONE, JobState.FAILED, JobState.INTERRUPTED}
    ),
    JobState.PAUSED: frozenset(
        {JobState.RUNNING, JobState.QUEUED, JobState.SKIPPED, JobState.REMOVED, JobState.FAILED, JobState.INTERRUPTED}
    ),
    JobState.INTERRUPTED: frozenset(
        {JobState.RUNNING, JobState.QUEUED, JobState.SKIPPED, JobState.REMOVED, JobState.FAILED}
    ),
    JobState.SKIPPED: frozenset({JobState.RUNNING, JobState.REMOVED, JobState.FAILED, JobState.UNDONE}),
    JobState.DONE: frozenset({JobState.UNDONE}),
    JobState.FAILED: frozenset({JobState.QUEUED, JobState.REMOVED, JobState.UNDONE}),
    JobState.REMOVED: frozenset({JobState.QUEUED, JobState.SKIPPED, JobState.FAILED, JobState.UNDONE}),
    JobState.UNDONE: frozenset({JobState.QUEUED, JobState.SKIPPED, JobState.DONE, JobState.FAILED, JobState.REMOVED}),
}

WAITING = frozenset({JobState.QUEUED, JobState.SKIPPED})
"""States in which a job waits its turn."""
HOLDING = frozenset({JobState.RUNNING, JobState.PAUSED, JobState.INTERRUPTED})
"""States of the one job that is begun and always next, whatever its level."""
ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.REMOVED, JobState.UNDONE})


class Priority(enum.IntEnum):
    """The three levels of the queue; a smaller number goes first."""

    HIGH = 0
    NORMAL = 1
    LOW = 2

    @property
    def label(self) -> str:
        return self.name.lower()


class IllegalTransition(UserError):
    """A change of state that the table does not know."""

    def __init__(self, job: int, current: JobState, wanted: JobState) -> None:
        super().__init__(
            f"Job {job} is {current} and cannot become {wanted}.", "Look at its state with `espalier queue list`."
        )


class Schedule(enum.StrEnum):
    """How the learning rate falls after the warm-up: to zero in a straight line, along a half cosine, or not at all."""

    LINEAR = "linear"
    COSINE = "cosine"
    CONSTANT = "constant"


class JobSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What a job freezes when it is queued (semantics.md 1); editable while it waits."""

    learning_rate: Annotated[
        float, msgspec.Meta(gt=0, le=1, description="Highest learning rate of the job, reached after the warm-up.")
    ] = 2e-4
    schedule: Annotated[
        Schedule, msgspec.Meta(description="How the learning rate falls after the warm-up: linear, cosine or constant.")
    ] = Schedule.LINEAR
    warmup: Annotated[
        float,
        msgspec.Meta(ge=0, lt=1, description="Share of the job's optimizer steps in which the learning rate rises."),
    ] = 0.03
    epochs: Annotated[int, msgspec.Meta(ge=1, le=1000, description="How many times every row is trained.")] = 1
    rows_per_step: Annotated[
        int, msgspec.Meta(ge=1, le=4096, description="Effective batch: examples per optimizer step.")
    ] = 8
    max_length: Annotated[
        int, msgspec.Meta(ge=8, description="Longest sequence in tokens; the model's own context bounds it further.")
    ] = 4096
    cut_long_rows: Annotated[
        bool,
        msgspec.Meta(description="Cut rows longer than max_length at the end; otherwise they are refused and counted."),
    ] = False
    allow_special_tokens: Annotated[
        bool, msgspec.Meta(description="Accept rows whose content spells a special token such as <|im_end|>.")
    ] = False
    seed: Annotated[
        int,
        msgspec.Meta(ge=0, le=2**63 - 1, description="Decides the order of the rows and the start of a new adapter."),
    ] = 0
    dropout: Annotated[float, msgspec.Meta(ge=0, lt=1, description="Dropout inside the adapter while training.")] = 0.0
    weight_decay: Annotated[float, msgspec.Meta(ge=0, le=1, description="Weight decay of AdamW.")] = 0.0
    max_grad_norm: Annotated[
        float, msgspec.Meta(gt=0, le=1e6, description="Gradients longer than this are shortened to it.")
    ] = 1.0
    heldout_share: Annotated[
        float,
        msgspec.Meta(
            ge=0, le=0.5, description="Share of the rows that is held out to measure the loss on rows never trained."
        ),
    ] = 0.05
    heldout_most: Annotated[
        int, msgspec.Meta(ge=0, description="At most so many rows are held out; 0 holds none out.")
    ] = 100
    checkpoint_steps: Annotated[
        int, msgspec.Meta(ge=1, description="A checkpoint is saved at least every so many optimizer steps.")
    ] = 200
    checkpoint_minutes: Annotated[
        float,
        msgspec.Meta(gt=0, le=MINUTES_A_YEAR, description="A checkpoint is saved at least every so many minutes."),
    ] = 10.0
    evolution_examples: Annotated[
        int,
        msgspec.Meta(ge=0, le=10_000, description="Rows of the file whose answers are watched at every stage."),
    ] = 64
    evolution_budget: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            le=100,
            description="Percent of the training time for snapshots of these answers between start and end; "
            "100 takes everything, 0 takes none.",
        ),
    ] = 5.0
    template_date: Annotated[
        str,
        msgspec.Meta(description="The day (YYYY-MM-DD) that a chat template may print; frozen when the job is queued."),
    ] = ""


class Job(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A row of the queue. Times are UTC, ISO 8601; `step` counts across segments.

    The garbage collector need not look at jobs, for they refer to nothing that refers back: with 100,000 of them each
    of its rounds would stop every thread for a tenth of a second.
    """

    id: int
    dataset: str
    """SHA-256 of the stored copy."""
    name: str
    """The name the user gave the file."""
    priority: Priority
    position: int
    """Orders a level: smaller goes first. Neighbours lie apart, so that one can be put between them alone."""
    state: JobState
    settings: JobSettings
    rows: int = 0
    step: int = 0
    total_steps: int = 0
    attempts: int = 0
    loss: float | None = None
    """Last training loss, nats per supervised token."""
    heldout_first: float | None = None
    heldout_last: float | None = None
    reason: str = ""
    """Why it stands where it stands: the user's words, or the error."""
    hint: str = ""
    removed_from: JobState | None = None
    """The state in which it was taken out; None for those that were not."""
    created_at: str = ""
    started_at: str | None = None
    ended_at: str | None = None


def is_stopped(job: Job) -> bool:
    """Whether it waits though it was begun: it is next wherever it stands (semantics.md 5)."""
    return job.state is JobState.QUEUED and job.started_at is not None


def waits_by_place(job: Job) -> bool:
    """Whether level and place decide when it trains, so that moving it means something."""
    return job.state in WAITING and not is_stopped(job)


def advance(job: Job, to: JobState) -> Job:
    """The job in its new state.

    Raises:
        IllegalTransition: the table does not allow the change.
    """
    if to not in TRANSITIONS[job.state]:
        raise IllegalTransition(job.id, job.state, to)
    return msgspec.structs.replace(job, state=to)
