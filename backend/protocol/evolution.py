"""Evolution between host and clients, and what the engine is told of it."""

import msgspec

from backend.domain.analysis import Analysis
from backend.domain.evolution import AnswerAt, EvolutionRun, Forgetting, PanelExample, StepFigures
from backend.domain.pin import Pin
from backend.domain.snapshot import Snapshot
from backend.protocol.message import Message

# To the engine


class GuardedExample(msgspec.Struct, frozen=True, kw_only=True):
    """A row of an earlier panel, with the loss that it was last scored with."""

    example_id: str
    line: int
    loss: float


class GuardedRun(msgspec.Struct, frozen=True, kw_only=True):
    """The panel of an earlier run. The path is absolute."""

    run: str
    dataset: str
    dataset_name: str
    dataset_path: str
    examples: tuple[GuardedExample, ...]


class EvolutionOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a segment needs to take snapshots. Panel size and budget are settings of the job."""

    folder: str
    """Absolute; made by the engine with its first snapshot."""
    origin: str
    """Hash over head, adapter's shape, settings and dataset at the run's begin: trainings of one origin are equal."""
    pins: tuple[Pin, ...] = ()
    guarded: tuple[GuardedRun, ...] = ()
    """The latest panels of other files, for the forgetting guard."""


# Requests


class ListRuns(Message, frozen=True, kw_only=True):
    """Every run with its figures, newest first; RunsReply."""


class GetRun(Message, frozen=True, kw_only=True):
    """Examples and figures of one run; RunReply."""

    run: int
    after_step: int | None = None
    """Only figures of later steps; the examples come in any case."""


class GetAnswers(Message, frozen=True, kw_only=True):
    """One example over time; AnswersReply."""

    run: int
    example_id: str


class GetSnapshot(Message, frozen=True, kw_only=True):
    """One whole snapshot; SnapshotReply."""

    run: int
    step: int


class ListPins(Message, frozen=True, kw_only=True):
    """PinsReply."""


class PinExample(Message, frozen=True, kw_only=True):
    """Pin an example of a run's panel; it is in every panel from the next file on."""

    run: int
    example_id: str


class PinTyped(Message, frozen=True, kw_only=True):
    """Pin an example that the user typed."""

    question: str
    answer: str
    system: str = ""


class Unpin(Message, frozen=True, kw_only=True):
    example_id: str


RunQuestion = ListRuns | GetRun | GetAnswers | GetSnapshot
EvolutionQuestion = RunQuestion | ListPins
"""What can be answered without a host."""
EvolutionRequest = EvolutionQuestion | PinExample | PinTyped | Unpin


# Replies


class RunsReply(Message, frozen=True, kw_only=True):
    runs: tuple[EvolutionRun, ...]


class RunReply(Message, frozen=True, kw_only=True):
    """Figures in order of steps."""

    run: EvolutionRun
    examples: tuple[PanelExample, ...]
    figures: tuple[StepFigures, ...]
    analysis: Analysis | None = None
    forgetting: Forgetting | None = None


class AnswersReply(Message, frozen=True, kw_only=True):
    """In order of steps."""

    run: int
    example: PanelExample
    answers: tuple[AnswerAt, ...]


class SnapshotReply(Message, frozen=True, kw_only=True):
    run: int
    snapshot: Snapshot


class PinsReply(Message, frozen=True, kw_only=True):
    """In the order in which they were pinned."""

    pins: tuple[Pin, ...]


EvolutionReply = RunsReply | RunReply | AnswersReply | SnapshotReply | PinsReply


# Events


class RunChanged(Message, frozen=True, kw_only=True):
    """A snapshot, an analysis or a forgetting report of it is on disk and indexed."""

    run: EvolutionRun
    step: int | None = None
    """The new snapshot's, where it is one."""


class PinsChanged(Message, frozen=True, kw_only=True):
    pins: tuple[Pin, ...]


EvolutionEvent = RunChanged | PinsChanged
