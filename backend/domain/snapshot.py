"""A snapshot: what the model answered to each example of the panel at one step, and its true loss."""

import enum

import msgspec

FORMAT = 1
RIGHT = 0.8
"""From this similarity on an answer counts as right; a match counts in any case.

Measured on identity_alpaca.jsonl: answers above it say the same in a few other words, those below leave something out.
"""


class Source(enum.StrEnum):
    """Where an example comes from."""

    DATASET = "dataset"
    """A row of the file in training."""
    PINNED = "pinned"
    """A row of another file, pinned by the user."""
    TYPED = "typed"
    """Typed in by hand."""


class Reason(enum.StrEnum):
    """Why a snapshot was taken."""

    START = "start"
    SCHEDULE = "schedule"
    REQUEST = "request"
    END = "end"


class LeftOut(enum.StrEnum):
    """Why something of an example is missing."""

    BUDGET = "budget"
    """The time that evolution may take was used up."""
    INTERRUPTED = "interrupted"
    """The user wanted the training to end."""
    MEMORY = "memory"
    TOO_LONG = "too-long"
    """Question and answer do not fit into the model's context."""
    NO_ANSWER = "no-answer"
    """The example is plain text: it has a loss and no answer (semantics.md 16)."""


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """One example at one step. What was not taken is null, and `left_out` says why."""

    example_id: str
    """Hexadecimal hash of the conversation's content: the same wherever the row stands."""
    step: int
    input: str
    """The user's message, or the whole conversation before the answer, each turn after its role."""
    expected_output: str
    model_output: str | None = None
    """The whole greedy answer."""
    loss: float | None = None
    """Mean cross-entropy over the tokens of the expected answer, its stop token included; nats."""
    exact_match: bool | None = None
    """Apart from case, white space and full stops around (backend/evolution/match.py)."""
    strict_match: bool | None = None
    """Character by character."""
    similarity: float | None = None
    output_length: int | None = None
    """Tokens of the answer, the stop token not counted."""
    stopped: bool | None = None
    """Whether the model ended by itself; else it was cut at 1.5 times the expected length, or at the context's end."""
    left_out: LeftOut | None = None
    source: Source = Source.DATASET
    pinned: bool = False
    heldout: bool = False
    """Never trained."""
    dataset: str = ""
    """SHA-256 of the stored file that holds the row; empty where it was typed in."""
    line: int = 0
    """Its line there, counted from 1."""
    length: int = 0
    """Tokens of the row."""
    expected_length: int = 0
    """Tokens of the expected answer, the stop token not counted."""

    @property
    def right(self) -> bool | None:
        """Whether the answer counts as right; None where there is none."""
        if self.model_output is None or self.similarity is None:
            return None
        return bool(self.exact_match) or self.similarity >= RIGHT


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Means over the examples that were scored; null where there was none."""

    avg_loss: float | None
    avg_loss_heldout: float | None
    avg_similarity: float | None
    accuracy: float | None
    """Right answers among those given."""
    total_examples: int
    scored: int
    """Examples with a loss."""
    answered: int
    correct: int
    incorrect: int


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """step_000100.json. Written once, whole, and never changed."""

    format: int = FORMAT
    snapshot_id: str
    """run/step_000100"""
    training_step: int
    """Optimizer steps of the job."""
    timestamp: str
    model_version: str
    run: str
    """Name of the folder."""
    job: int
    segment: int
    dataset: str
    dataset_name: str
    base: str
    origin: str
    """Equal for trainings that begin alike: same head, settings and data. See `Train.evolution`."""
    total_steps: int
    head_steps: int
    """Optimizer steps of the head over all jobs."""
    reason: Reason
    training_loss: float | None
    """Of the last optimizer step."""
    budget_percent: float
    training_seconds: float
    """Trained so far in this job."""
    loss_seconds: float
    answer_seconds: float
    examples: tuple[Scored, ...]
    summary: Summary
