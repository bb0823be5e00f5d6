"""Host to engine: commands are requests. Engine to host: events are facts, true on disk before they are sent."""

import enum

from backend.domain.dataset import BadLine
from backend.domain.head import AdapterSettings, Base
from backend.domain.job import JobSettings
from backend.domain.version import Gate, Precision, VersionCard
from backend.protocol.evolution import EvolutionOrder
from backend.protocol.message import Message
from backend.settings import EngineSettings


class Mode(enum.StrEnum):
    """How a segment of a job begins (semantics.md 3)."""

    START = "start"
    """From step 0 on the head's adapter, with a fresh optimizer."""
    RESUME = "resume"
    """The head is still the job's own checkpoint: bit-exact."""
    CONTINUE = "continue"
    """The head moved since: its adapter, the job's data position and schedule, a fresh optimizer, a short warm-up."""


class Outcome(enum.StrEnum):
    """How a segment ended.

    DONE, STOPPED, SKIPPED and OUT_OF_MEMORY follow a verified checkpoint of the last completed step, unless nothing was
    trained since the one before. The others leave the last checkpoint that was told of as the newest.
    """

    DONE = "done"
    STOPPED = "stopped"
    SKIPPED = "skipped"
    NOT_FINITE = "not-finite"
    OUT_OF_MEMORY = "out-of-memory"
    NO_SPACE = "no-space"
    REFUSED = "refused"
    """Nothing could be trained: bad data, damaged checkpoint, a hard fingerprint mismatch."""
    FAILED = "failed"


# Commands


class Train(Message, frozen=True, kw_only=True):
    """Train one segment of one job. Paths are absolute."""

    job: int
    segment: int
    mode: Mode
    name: str
    dataset: str
    dataset_path: str
    base: Base
    adapter: AdapterSettings
    settings: JobSettings
    engine: EngineSettings
    run_folder: str
    token_cache: str
    reserve: str = ""
    """The file that is let go when the disk is full; none where it is empty."""
    next_sequence: int
    """Sequence number of the first checkpoint that this segment writes."""
    resume_from: str | None = None
    """RESUME and CONTINUE: the job's own last checkpoint, for position, schedule and (RESUME) everything else."""
    adapter_from: str | None = None
    """START and CONTINUE: the head's checkpoint folder; None makes a fresh adapter."""
    total_steps_before: int = 0
    evolution: EvolutionOrder | None = None
    """None takes no snapshots at all."""


class Ask(Message, frozen=True, kw_only=True):
    """Answer conversations greedily with the model's own template."""

    base: Base
    adapter_from: str | None = None
    conversations: tuple[tuple[dict[str, str], ...], ...]
    max_new_tokens: int = 128
    engine: EngineSettings = EngineSettings()


class ImportModel(Message, frozen=True, kw_only=True):
    """Check a model folder or GGUF file and copy it into the library as a Hugging Face folder."""

    source: str
    target: str
    slug: str
    name: str


class GateJob(Message, frozen=True, kw_only=True):
    """A job whose panel and held-out rows a merge is measured on."""

    job: int
    name: str
    dataset: str
    dataset_path: str
    settings: JobSettings


class Merge(Message, frozen=True, kw_only=True):
    """Make a version of base + adapter: merged, measured, loaded once, whole in its place. Paths are absolute."""

    operation: int
    base: Base
    adapter: AdapterSettings
    adapter_from: str
    """The head's checkpoint folder."""
    target: str
    """The version's folder."""
    card: VersionCard
    """Without what the engine finds out: gate, precision, architecture, parameters, context, libraries, files."""
    precision: Precision
    jobs: tuple[GateJob, ...]
    """Those whose training the adapter holds, newest first."""
    evolution: tuple[str, ...]
    """Folders of runs that are copied into evolution/."""
    token_cache: str
    engine: EngineSettings = EngineSettings()


class CancelMerge(Message, frozen=True, kw_only=True):
    """Break a merge off; nothing of it is left. MergeFailed follows, unless it is done already."""

    operation: int


class Pause(Message, frozen=True, kw_only=True):
    """Finish the step, save, hold."""

    reason: str = ""


class Resume(Message, frozen=True, kw_only=True):
    """Go on after a pause."""


class Stop(Message, frozen=True, kw_only=True):
    """Finish the step, save, end the segment; the job waits and continues from its step."""

    reason: str = ""


class Skip(Message, frozen=True, kw_only=True):
    """Finish the step, save, end the segment as skipped."""

    reason: str = ""


class Save(Message, frozen=True, kw_only=True):
    """Finish the step, save, go on; Saved follows, unless the segment ends first."""

    reason: str = ""


class TakeSnapshot(Message, frozen=True, kw_only=True):
    """Finish the step, take a snapshot of the whole panel, go on; SnapshotTaken or SnapshotFailed follows."""

    reason: str = ""


class Leave(Message, frozen=True, kw_only=True):
    """End the process; while training this means stop first."""


EngineTask = Train | Ask | ImportModel | Merge
"""What it does one after the other."""
EngineCommand = EngineTask | CancelMerge | Pause | Resume | Stop | Skip | Save | TakeSnapshot | Leave


# Events


class Ready(Message, frozen=True, kw_only=True):
    """The engine is up. `device` is in words for people, versions by package name."""

    pid: int
    device: str
    accelerator: bool
    versions: dict[str, str]
    python: str = ""
    """The program that it runs on: the engine's Python, or this program where it is frozen."""


class Activity(Message, frozen=True, kw_only=True):
    """What takes time just now; `done` of `total` where that is known."""

    text: str
    done: int = 0
    total: int = 0


class Prepared(Message, frozen=True, kw_only=True):
    """The data is tokenised and the order fixed."""

    job: int
    rows: int
    """Rows that train."""
    heldout: int
    refused: int
    cut: int
    tokens: int
    """Tokens of one epoch."""
    supervised: int
    bad: tuple[BadLine, ...] = ()
    warnings: tuple[str, ...] = ()


class Started(Message, frozen=True, kw_only=True):
    """The first step of the segment is about to run. `soft_changes` names what makes it no longer bit-exact."""

    job: int
    mode: Mode
    step: int
    total_steps: int
    token_budget: int
    soft_changes: tuple[str, ...] = ()


class Metric(Message, frozen=True, kw_only=True):
    """One optimizer step. Loss in nats per supervised token; tokens are real ones, not padding."""

    job: int
    step: int
    total_steps: int
    epoch: float
    loss: float
    learning_rate: float
    grad_norm: float
    tokens: int
    supervised: int
    tokens_per_second: float
    seconds: float
    """Training time of this segment so far."""
    memory_bytes: int


class HeldOut(Message, frozen=True, kw_only=True):
    """Mean loss per supervised token on the held-out rows."""

    job: int
    step: int
    loss: float


class CheckpointSaved(Message, frozen=True, kw_only=True):
    """A checkpoint folder is on disk, was read back and verified."""

    job: int
    segment: int
    sequence: int
    step: int
    total_steps: int
    path: str
    sums_sha256: str
    reason: str
    loss: float | None
    created_at: str


class SnapshotTaken(Message, frozen=True, kw_only=True):
    """A snapshot is on disk, durable. Path absolute."""

    job: int
    step: int
    path: str
    sha256: str
    seconds: float


class SnapshotFailed(Message, frozen=True, kw_only=True):
    """No snapshot of this step; training goes on."""

    job: int
    step: int
    message: str
    hint: str = ""


class EvolutionEnded(Message, frozen=True, kw_only=True):
    """analysis.json and, where there was something to guard, forgetting.json lie in the run's folder."""

    job: int
    folder: str


class Saved(Message, frozen=True, kw_only=True):
    """Answers every Save: what was trained up to this step is on disk, now or before; 0 is before the first step."""

    job: int
    step: int


class Paused(Message, frozen=True, kw_only=True):
    """Holding after a saved checkpoint."""

    job: int
    step: int


class Resumed(Message, frozen=True, kw_only=True):
    """Training again after Paused."""

    job: int
    step: int


class Ended(Message, frozen=True, kw_only=True):
    """The segment is over. `message` and `hint` are for people where the outcome needs words."""

    job: int
    outcome: Outcome
    step: int
    message: str = ""
    hint: str = ""


class Answered(Message, frozen=True, kw_only=True):
    """One answer per conversation asked."""

    answers: tuple[str, ...]


class ModelImported(Message, frozen=True, kw_only=True):
    """The model folder is in the library, verified and loaded once."""

    base: Base


class Merged(Message, frozen=True, kw_only=True):
    """The version is on disk under its final name, read back from there, sealed; its weights loaded and answered."""

    operation: int
    path: str
    sums_sha256: str
    card: VersionCard


class MergeFailed(Message, frozen=True, kw_only=True):
    """No version; nothing of it is left on disk. `gate` holds the figures where the merge was measured and refused."""

    operation: int
    message: str
    hint: str = ""
    exit_status: int = 1
    cancelled: bool = False
    gate: Gate | None = None


class TaskFailed(Message, frozen=True, kw_only=True):
    """Ask or ImportModel did not succeed."""

    message: str
    hint: str = ""


class LogLine(Message, frozen=True, kw_only=True):
    """For the log tab and the log file."""

    level: str
    text: str


EngineEvent = (
    Ready
    | Activity
    | Prepared
    | Started
    | Metric
    | HeldOut
    | CheckpointSaved
    | SnapshotTaken
    | SnapshotFailed
    | EvolutionEnded
    | Saved
    | Paused
    | Resumed
    | Ended
    | Answered
    | ModelImported
    | Merged
    | MergeFailed
    | TaskFailed
    | LogLine
)
